#!/bin/bash
# Makes the fixture of run.sh in a folder, once: a disk image as balenaOS lays it out (MBR, data partition 6, 3.4 GB, mostly
# holes) and a payload: a Debian root (when debootstrap works), 30 000 small files in many folders, 10 000 in one, a big file.
#
#   archive.tar        both, the image with all its zeros, as tar without --sparse makes it
#   archive.tar.zst    the same, compressed
#   modules.tar        the image with its holes kept, and the 30 000 small files alone
#   disk.img           the image alone, with its holes
set -euo pipefail
work=$1
[ ! -f "$work/done" ] || exit 0
rm -rf "$work/src" "$work"/archive.tar* "$work/modules.tar" "$work/disk.img"
mkdir -p "$work/src/inject/6"
cd "$work/src"

truncate -s 3400M disk.img
printf 'label: dos\nstart=8192,size=81920,type=c\nstart=90112,size=638976,type=83\nstart=729088,size=638976,type=83\nstart=1368064,type=5\nstart=1376256,size=40960,type=83\nstart=1425408,type=83\n' | sfdisk -q disk.img
part() { # number of first sector, sectors, then the mkfs command with @ for the file
    local start=$1 size=$2; shift 2
    truncate -s $((size * 512)) part
    "${@/@/part}" > /dev/null
    dd if=part of=disk.img bs=1M seek=$((start * 512)) oflag=seek_bytes conv=notrunc,sparse status=none
    rm part
}
part 8192 81920 mkfs.vfat -F 16 -n RESIN-BOOT @
for start in 90112 729088; do part $start 638976 mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -i 8192 -L resin-root @; done
part 1376256 40960 mke2fs -q -F -t ext4 -b 4096 -L resin-state @
sectors=$(( 3400 * 2048 - 1425408 ))
part 1425408 $sectors mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -b 4096 -i 8192 -L resin-data @

for ((package = 0; package < 1500; package++)); do printf 'inject/6/node_modules/package-%04d/lib\n' "$package"; done | xargs mkdir -p inject/6/flat

# Seeded, so that every run makes the same payload. Sizes follow those of a node_modules folder: mostly below 4 KiB, some large.
LC_ALL=C awk -v root=inject/6 '
function put(path, size,   at, n) {
    printf "" > path
    while (size > 0) {
        at = int(rand() * (poolsize - 65536)) + 1
        n = size < 65536 ? size : 65536
        printf "%s", substr(pool, at, n) > path
        size -= n
    }
    close(path)
}
BEGIN {
    srand(1)
    for (i = 0; i < 65536; i++) word = word sprintf("%c", 33 + int(rand() * 94))
    for (i = 0; i < 8; i++) pool = pool substr(word, 1 + i * 97) substr(word, 1, 96)
    poolsize = length(pool)
    for (package = 0; package < 1500; package++) for (i = 0; i < 20; i++) {
        # The sum of a few random numbers, as an exponent: near enough to the long tail of real sizes.
        size = int(exp(7.3 + 1.4 * (rand() + rand() + rand() + rand() - 2) * 1.7))
        put(sprintf("%s/node_modules/package-%04d/lib/module-%02d.js", root, package, i), size)
    }
    for (i = 0; i < 10000; i++) put(sprintf("%s/flat/%05d.dat", root, i), int(rand() * 3000))
    put(root "/big.bin", 500 * 1048576)
}'
if command -v debootstrap > /dev/null && debootstrap --variant=minbase stable debian > ../debootstrap.log 2>&1; then
    mv debian inject/6/debian
else
    rm -rf debian
    echo "fixture.sh: no Debian root (debootstrap is missing, or finds no mirror); the payload is smaller" >&2
fi

pack=(tar --format=posix --xattrs '--xattrs-include=*' --acls)
"${pack[@]}" -cf ../archive.tar disk.img inject
"${pack[@]}" --sparse -cf ../modules.tar disk.img inject/6/node_modules
zstd -q -3 -T0 ../archive.tar -o ../archive.tar.zst
stat -c %s disk.img > ../image-size
echo $((1425408 * 512)) > ../data-offset
tar -tf ../archive.tar > ../entries.txt
tar -tf ../modules.tar > ../modules-entries.txt
mv disk.img ..
cd "$work"
rm -rf src
touch done
