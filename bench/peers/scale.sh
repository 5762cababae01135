#!/bin/bash
# What a file costs as their number grows, and a byte of image as that does: time and peak memory of `etchstream unpack` (no peers).
#
#   bench/peers/scale.sh [FILES...]      default 1000 10000 100000 1000000 2000000
#
# Environment: ETCHSTREAM  the program (default: it is published to WORK first)
#              WORK        folder for archives and outputs, about 15 GB for the default (default: /var/tmp/etchstream-peers)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${WORK:-/var/tmp/etchstream-peers}
. "$here/lib.sh"
need /usr/bin/time time mke2fs e2fsprogs sfdisk fdisk
mkdir -p "$work"
publish
scale=$work/scale
cleanup() { rm -rf "$scale"; }
trap cleanup EXIT

disk() { # MiB, inodes
    truncate -s "$1"M "$scale/part"
    mke2fs -q -F -t ext4 -b 4096 -N "$2" -E lazy_itable_init=0,lazy_journal_init=0 "$scale/part"
    truncate -s $(($1 + 2))M "$scale/disk.img"
    printf 'label: gpt\nstart=2048,size=%d\n' $(($1 * 2048)) | sfdisk -q "$scale/disk.img" 2> /dev/null
    cp --sparse=always "$scale/part" "$scale/copy"
    dd if="$scale/copy" of="$scale/disk.img" bs=1M seek=1 conv=notrunc,sparse status=none
    rm "$scale/part" "$scale/copy"
}

# Three runs, the middle one.
measure() { # label, files
    for run in 1 2 3; do
        rm -f "$scale/out.img"
        /usr/bin/time -a -o "$scale/times" -f '%e %U %S %M' "$etchstream" unpack --quiet "$scale/a.tar" "$scale/out.img"
    done
    sort -n "$scale/times" | sed -n 2p | awk -v label="$1" -v files="$2" '{ printf "%-24s %8.2f s %8.2f s cpu %6.0f MiB", label, $1, $2 + $3, $4 / 1024; if (files) printf " %7.1f us a file, %5.0f bytes a file", $1 / files * 1e6, $4 * 1024 / files; printf "\n" }'
}

for files in ${*:-1000 10000 100000 1000000 2000000}; do
    rm -rf "$scale"
    mkdir -p "$scale/inject/1"
    disk $((64 + files * 5 / 1000)) $((files + files / 500 + 1000))

    # 1000 a folder, 200 bytes each; the names are split's.
    for ((folder = 0; folder < files / 1000; folder++)); do
        mkdir "$scale/inject/1/folder-$folder"
        head -c 200000 /dev/zero | tr '\0' 'x' | split -b 200 -a 3 - "$scale/inject/1/folder-$folder/file-"
    done
    tar --format=posix --sparse -cf "$scale/a.tar" -C "$scale" disk.img inject
    rm -rf "$scale/inject"
    measure "$files files" "$files"
done

# Images of which nearly all is holes, and one file.
for mebibytes in 10 1000 100000; do
    rm -rf "$scale"
    mkdir -p "$scale/inject/1"
    disk $mebibytes 1000
    echo x > "$scale/inject/1/file"
    tar --format=posix --sparse -cf "$scale/a.tar" -C "$scale" disk.img inject
    measure "$mebibytes MiB of image" 0
done
