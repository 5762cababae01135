#!/bin/bash
# The same work without etchstream: files into a mounted partition. Called by run.sh.
#   kernel.sh all TAR       first the image out of the archive with its holes, then the files with TAR (tar or bsdtar)
#   kernel.sh files TAR     the files alone; the image is there
set -euo pipefail
what=$1 tar=$2
if [ "$what" = all ]; then
    tar -xOf "$archive" disk.img | dd of="$out" bs=1M conv=sparse iflag=fullblock status=none

    # Trailing holes: dd leaves the file short when the image ends in zeros.
    truncate -s "$(cat "$work/image-size")" "$out"
fi
loop=$(losetup --find --show --offset "$(cat "$work/data-offset")" "$out")
mnt=$(mktemp -d)
cleanup() { mountpoint -q "$mnt" && umount "$mnt"; losetup -d "$loop"; rmdir "$mnt"; }
trap cleanup EXIT
mount "$loop" "$mnt"
case $tar in
    tar) tar -xf "$archive" -C "$mnt" --strip-components=2 --xattrs --xattrs-include='*' --acls --numeric-owner --same-owner -p inject/6 ;;
    bsdtar) bsdtar -xf "$archive" -C "$mnt" --strip-components 2 --xattrs --acls --numeric-owner --same-owner -p 'inject/6' ;;
esac
umount "$mnt"
sync_file "$out"
