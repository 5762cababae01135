#!/bin/bash
# Times `etchstream unpack` beside the same work done by other tools, alternating in one run, on the fixture of fixture.sh.
# Needs root (loop mounts) and GNU time. Prints medians, the ratio to etchstream, and peak memory.
#
#   bench/peers/run.sh [ROUNDS]          default 3
#
# Environment: ETCHSTREAM  the program (default: it is published to WORK first)
#              WORK        folder for fixture and outputs, about 15 GB (default: /var/tmp/etchstream-peers)
#              FLUSH=0     leave out fdatasync/sync everywhere
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-3}
work=${WORK:-/var/tmp/etchstream-peers}
mkdir -p "$work"
if [ "$(id -u)" != 0 ]; then echo "run.sh: loop mounts need root" >&2; exit 1; fi
if [ ! -x /usr/bin/time ]; then echo "run.sh: GNU time is missing: apt-get install time" >&2; exit 1; fi

etchstream=${ETCHSTREAM:-}
if [ -z "$etchstream" ]; then
    dotnet publish "$here/../../src/EtchStream.Cli" -c Release -o "$work/cli" -v quiet
    etchstream=$work/cli/etchstream
fi
"$here/fixture.sh" "$work"

archive=$work/archive.tar
out=$work/out.img
results=$work/results.txt
: > "$results"

# One job, timed: name, then the command. Adds "name wall cpu rss" to the results.
timed() {
    local name=$1; shift
    rm -f "$out"
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" > "$work/log" 2>&1 || { echo "run.sh: $name failed:" >&2; cat "$work/log" >&2; exit 1; }
    awk -v name="$name" '{ print name, $1, $2 + $3, $4 }' "$work/time" >> "$results"
}

sync_file() { [ "${FLUSH:-1}" = 0 ] || sync -d "$1"; }
export -f sync_file
export archive out work FLUSH

job_etchstream() { timed etchstream "$etchstream" unpack --quiet "$archive" "$out"; }
job_etchstream_pipe() { timed etchstream-pipe bash -c "cat '$archive' | '$etchstream' unpack --quiet - '$out'"; }
job_cat() { timed cat bash -c 'cat "$archive" > "$out" && sync_file "$out"'; }

# What a user with root does by hand: the image out of the archive with its holes, then the kernel writes the files.
job_kernel() { timed kernel bash "$here/kernel.sh"; }

$etchstream --version > /dev/null
for ((round = 0; round <= rounds; round++)); do
    # Round 0 warms the page cache and is thrown away.
    for job in etchstream kernel etchstream_pipe cat; do "job_$job"; done
    [ "$round" != 0 ] || : > "$results"
    echo "round $round of $rounds done" >&2
done

# The last image that etchstream wrote has to be right before its time means anything.
rm -f "$out"
"$etchstream" unpack --quiet "$archive" "$out"
loop=$(losetup --find --show --read-only --offset "$(cat "$work/data-offset")" "$out")
trap 'losetup -d "$loop"' EXIT
e2fsck -fn "$loop" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

awk -f "$here/medians.awk" "$results"
entries=$(wc -l < "$work/entries.txt")
wall=$(awk '$1 == "etchstream" { print $2 }' "$results" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
echo "archive $(stat -c %s "$archive") bytes, $entries entries: $(awk -v e="$entries" -v w="$wall" 'BEGIN { printf "%.0f", e / w }') entries/s, image included"
