#!/bin/bash
# Times `etchstream unpack` beside the same work done by other tools, alternating in one run, on the fixture of fixture.sh.
# Needs root (loop mounts). Prints medians, what part of each peer's time ours is, and peak memory; writes the same as JSON.
#
#   bench/peers/run.sh [ROUNDS]          default 5
#
# Environment: ETCHSTREAM  the program (default: it is published to WORK first)
#              WORK        folder for fixture and outputs, about 15 GB (default: /var/tmp/etchstream-peers)
#              FLUSH=0     leave out fdatasync/sync with the peers
#              GROUPS_TO_RUN  of "full modules image zstd" (default: all)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-5}
export work=${WORK:-/var/tmp/etchstream-peers}
results=$work/results.txt
. "$here/lib.sh"
if [ "$(id -u)" != 0 ]; then echo "run.sh: loop mounts need root" >&2; exit 1; fi
need /usr/bin/time time zstd zstd bmaptool bmap-tools bsdtar libarchive-tools debugfs e2fsprogs mkfs.vfat dosfstools sfdisk fdisk
mkdir -p "$work"
publish
"$here/fixture.sh" "$work"
export archive=$work/archive.tar out=$work/out.img
: > "$results"

# Untimed: what some peers need beside the archive.
image() { cp --sparse=always "$work/disk.img" "$out"; }
if [ ! -d "$work/modules" ]; then
    mkdir "$work/modules"
    tar -xf "$work/modules.tar" -C "$work/modules" --strip-components=2 inject/6
    (cd "$work/modules" && { find node_modules -type d -printf 'mkdir %p\n'; find node_modules -type f -printf 'write %p %p\n'; } > "$work/debugfs-commands")
    bmaptool -q create "$work/disk.img" -o "$work/disk.bmap"
fi

group_full() {
    rm -f "$out"; timed full etchstream "$etchstream" unpack --quiet "$archive" "$out"
    rm -f "$out"; timed full etchstream-pipe bash -c "cat '$archive' | '$etchstream' unpack --quiet - '$out'"
    rm -f "$out"; timed full tar-loop-mount bash "$here/kernel.sh" all tar
    rm -f "$out"; timed full bsdtar-loop-mount bash "$here/kernel.sh" all bsdtar
    rm -f "$out"; timed full cat-archive bash -c 'cat "$archive" > "$out" && sync_file "$out"'
    rm -f "$out"; timed full tar-xO-image-only bash -c 'tar -xOf "$archive" disk.img | dd of="$out" bs=1M conv=sparse iflag=fullblock status=none && sync_file "$out"'
}

# Small files alone. The peers find the image there; ours writes it too.
group_modules() {
    rm -f "$out"; timed modules etchstream "$etchstream" unpack --quiet "$work/modules.tar" "$out"
    rm -f "$out"; image; archive=$work/modules.tar timed modules tar-loop-mount bash "$here/kernel.sh" files tar
    rm -f "$out"; image; timed modules debugfs bash "$here/debugfs.sh"
}

# No files at all.
group_image() {
    rm -f "$out"; timed image etchstream "$etchstream" unpack --quiet "$work/image.tar" "$out"
    rm -f "$out"; timed image bmaptool bash -c 'bmaptool -q copy --bmap "$work/disk.bmap" "$work/disk.img" "$out" && sync_file "$out"'
}

group_zstd() {
    rm -f "$out"; timed zstd etchstream "$etchstream" unpack --quiet "$archive.zst" "$out"
    rm -f "$out"; timed zstd zstd-dc bash -c 'zstd -dc "$archive.zst" > "$out" && sync_file "$out"'
}

[ -f "$work/image.tar" ] || tar --format=posix --sparse -cf "$work/image.tar" -C "$work" disk.img
"$etchstream" --version > /dev/null
for ((round = 0; round <= rounds; round++)); do
    # Round 0 warms the page cache and is thrown away.
    for group in ${GROUPS_TO_RUN:-full modules image zstd}; do "group_$group"; done
    for ((i = 0; i < 5; i++)); do timed start "etchstream--version" "$etchstream" --version; done
    [ "$round" != 0 ] || : > "$results"
    echo "round $round of $rounds done" >&2
done

# The image that etchstream writes has to be right before its time means anything.
rm -f "$out"
"$etchstream" unpack --quiet "$archive" "$out"
loop=$(losetup --find --show --read-only --offset "$(cat "$work/data-offset")" "$out")
trap 'losetup -d "$loop"' EXIT
e2fsck -fn "$loop" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
rm -f "$out"

report unpack
rate() { # group, file with the names
    local wall
    wall=$(awk -v g="$1" '$1 == g && $2 == "etchstream" { print $3 }' "$results" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
    [ -z "$wall" ] || echo "$1: $(wc -l < "$2") entries, $(awk -v e="$(wc -l < "$2")" -v w="$wall" 'BEGIN { printf "%.0f", e / w }') a second, image and start included"
}
rate full "$work/entries.txt"
rate modules "$work/modules-entries.txt"
