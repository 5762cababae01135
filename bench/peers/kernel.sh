#!/bin/bash
# The same work without etchstream: image out of the archive with its holes, loop mount, tar x, sync. Called by run.sh.
set -euo pipefail
tar -xOf "$archive" disk.img | dd of="$out" bs=1M conv=sparse iflag=fullblock status=none

# Trailing holes: dd leaves the file short when the image ends in zeros.
truncate -s "$(cat "$work/image-size")" "$out"
loop=$(losetup --find --show --offset "$(cat "$work/data-offset")" "$out")
mnt=$(mktemp -d)
cleanup() { mountpoint -q "$mnt" && umount "$mnt"; losetup -d "$loop"; rmdir "$mnt"; }
trap cleanup EXIT
mount "$loop" "$mnt"
tar -xf "$archive" -C "$mnt" --strip-components=2 --xattrs --xattrs-include='*' --acls --numeric-owner --same-owner -p inject/6
umount "$mnt"
[ "${FLUSH:-1}" = 0 ] || sync -d "$out"
