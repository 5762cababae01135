# Reads lines "group job wall cpu peak-KiB" and prints the medians of each job, by groups, in the order of their first lines. The first
# job of a group is etchstream's: the last two columns say what part of each peer's wall and processor time it takes.
# -v json=FILE writes the same as JSON, with -v machine=TEXT.
function median(key, column,   n, i, j, t, v) {
    n = count[key]
    for (i = 1; i <= n; i++) v[i] = value[key, column, i]
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function part(a, b) { return b > 0 ? sprintf("%.2f", a / b) : "-" }
{
    key = $1 " " $2
    if (!(key in count)) { order[++jobs] = key; group[key] = $1; job[key] = $2; if (!($1 in first)) first[$1] = key }
    i = ++count[key]
    for (column = 3; column <= 5; column++) value[key, column, i] = $column
}
END {
    if (json) printf "{\n  \"machine\": \"%s\",\n  \"jobs\": [", machine > json
    for (i = 1; i <= jobs; i++) {
        key = order[i]
        if (group[key] != last) {
            printf "%s%-22s %8s %8s %9s %9s %9s\n", (i > 1 ? "\n" : ""), "[" group[key] "]", "wall s", "cpu s", "peak MiB", "ours/wall", "ours/cpu"
            last = group[key]
        }
        base = first[group[key]]
        wall = median(key, 3); cpu = median(key, 4); peak = median(key, 5) / 1024
        printf "%-22s %8.2f %8.2f %9.0f %9s %9s\n", job[key], wall, cpu, peak, part(median(base, 3), wall), part(median(base, 4), cpu)
        if (json) printf "%s\n    { \"group\": \"%s\", \"job\": \"%s\", \"rounds\": %d, \"wallSeconds\": %.3f, \"cpuSeconds\": %.3f, \"peakMiB\": %.1f }", (i > 1 ? "," : ""), group[key], job[key], count[key], wall, cpu, peak > json
    }
    if (json) printf "\n  ]\n}\n" > json
}
