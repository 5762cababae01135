#!/bin/bash
# Makes the fixture of pack.sh from that of fixture.sh, once: one image of three gzip layers in an OCI layout: the Debian root (when
# fixture.sh could make one), the many small files, the flat folder with the big file; and the two last as plain files in a folder.
set -euo pipefail
work=$1
[ ! -f "$work/pack-done" ] || exit 0
rm -rf "$work/layers" "$work/oci" "$work/tree"
mkdir -p "$work/layers" "$work/oci/blobs/sha256"
cd "$work"
tar -xf archive.tar -C layers --xattrs --xattrs-include='*' --acls --numeric-owner -p inject
files=layers/inject/6

# blob FILE: moves it to its place, prints its digest and size.
blob() {
    local hex size
    hex=$(sha256sum "$1" | cut -d ' ' -f 1)
    size=$(stat -c %s "$1")
    mv "$1" "oci/blobs/sha256/$hex"
    printf '%s %s' "$hex" "$size"
}

diff_ids=()
descriptors=()
layer() { # folder to archive, then names in it
    local from=$1 hex size; shift
    tar --format=posix --pax-option=delete=atime,delete=ctime --xattrs --xattrs-include='*' --numeric-owner --sort=name -cf layer.tar -C "$from" "$@"
    diff_ids+=("\"sha256:$(sha256sum layer.tar | cut -d ' ' -f 1)\"")
    stat -c %s layer.tar >> layer-sizes
    gzip -n -6 layer.tar
    read -r hex size < <(blob layer.tar.gz; echo)
    echo "$hex" >> layer-blobs
    descriptors+=("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$hex\",\"size\":$size}")
}
: > layer-blobs
: > layer-sizes
[ ! -d "$files/debian" ] || layer "$files/debian" .
layer "$files" node_modules
layer "$files" flat big.bin

join() { local IFS=,; echo "$*"; }
printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' "$(join "${diff_ids[@]}")" > config
read -r hex size < <(blob config; echo)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s]}' "$hex" "$size" "$(join "${descriptors[@]}")" > manifest
read -r hex size < <(blob manifest; echo)
printf '{"imageLayoutVersion":"1.0.0"}' > oci/oci-layout
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"bench"}}]}' "$hex" "$size" > oci/index.json
rm -rf "$files/debian"
mv "$files" tree
rm -rf layers
touch pack-done
