# Reads "name wall cpu peak-KiB" lines and prints the medians of each name, in the order of the names' first lines, with the ratio of
# wall time to the first one's.
function median(name, column,   n, i, j, t, v) {
    n = count[name]
    for (i = 1; i <= n; i++) v[i] = value[name, column, i]
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
{ if (!($1 in count)) order[++jobs] = $1; i = ++count[$1]; value[$1, 2, i] = $2; value[$1, 3, i] = $3; value[$1, 4, i] = $4 }
END {
    printf "%-20s %9s %9s %10s %8s\n", "job", "wall s", "cpu s", "peak MiB", "ratio"
    base = median(order[1], 2)
    for (i = 1; i <= jobs; i++) printf "%-20s %9.2f %9.2f %10.0f %8.2f\n", order[i], median(order[i], 2), median(order[i], 3), median(order[i], 4) / 1024, median(order[i], 2) / base
}
