# What run.sh, pack.sh and scale.sh share. Sourced; expects $work and $results.

# publish: sets $etchstream, publishing the program first unless ETCHSTREAM names one.
publish() {
    etchstream=${ETCHSTREAM:-}
    [ -z "$etchstream" ] || return 0
    dotnet publish "$here/../../src/EtchStream.Cli" -c Release -o "$work/cli" -v quiet
    etchstream=$work/cli/etchstream
}

need() { # tool and package, by turns
    while (($#)); do
        command -v "$1" > /dev/null || { echo "$0: $1 is missing: apt-get install $2" >&2; exit 1; }
        shift 2
    done
}

# timed GROUP JOB COMMAND...: adds a line "group job wall cpu peak-KiB" to the results. Outputs of the job before are gone by then.
timed() {
    local group=$1 job=$2; shift 2
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" > "$work/log" 2>&1 || { echo "$0: $job failed:" >&2; cat "$work/log" >&2; exit 1; }
    awk -v group="$group" -v job="$job" '{ print group, job, $1, $2 + $3, $4 }' "$work/time" >> "$results"
}

sync_file() { [ "${FLUSH:-1}" = 0 ] || sync -d "$1"; }
export -f sync_file

# report NAME: prints the table, and writes it as NAME.json.
report() {
    awk -v json="$work/$1.json" -v machine="$(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)" -f "$here/medians.awk" "$results"
    echo "as JSON: $work/$1.json"
}
