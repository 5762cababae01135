#!/bin/bash
# Times `etchstream pack` beside the same work by other tools, alternating in one run, on the fixture of pack-fixture.sh: from files, and
# from a registry on this machine. Needs root (docker pull). Prints medians, what part of each peer's time ours is, and peak memory;
# writes the same as JSON.
#
#   bench/peers/pack.sh [ROUNDS]         default 5
#
# Environment: ETCHSTREAM  the program (default: it is published to WORK first)
#              WORK        folder for fixture and outputs, about 15 GB (default: /var/tmp/etchstream-peers)
#              FLUSH=0     leave out sync with the peers
#              DOCKER=0    leave out docker pull
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-5}
export work=${WORK:-/var/tmp/etchstream-peers} here
results=$work/pack-results.txt
. "$here/lib.sh"
if [ "$(id -u)" != 0 ]; then echo "pack.sh: docker pull needs root" >&2; exit 1; fi
need /usr/bin/time time docker-registry docker-registry skopeo skopeo curl curl
[ "${DOCKER:-1}" = 0 ] || need dockerd docker.io
mkdir -p "$work"
publish
"$here/fixture.sh" "$work"
"$here/pack-fixture.sh" "$work"

port=$((20000 + RANDOM % 20000))
export registry=127.0.0.1:$port
rm -rf "$work/registry"
printf 'version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: %s\nhttp:\n  addr: %s\n' "$work/registry" "$registry" > "$work/registry.yml"
docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
registry_pid=$!
cleanup() { kill "$registry_pid" 2> /dev/null || true; rm -rf "$work/docker" "$work/dir"; }
trap cleanup EXIT
for ((i = 0; i < 100; i++)); do curl -fs "http://$registry/v2/" > /dev/null && break; sleep 0.1; done
skopeo copy --quiet --dest-tls-verify=false "oci:$work/oci:bench" "docker://$registry/bench:1"

export out=$work/pack-out
: > "$results"
fresh() { rm -rf "$out" "$work/dir"; }
etchstream() { local group=$1 job=$2; shift 2; fresh; timed "$group" "$job" "$etchstream" pack --quiet --image "$work/disk.img" "$@" -o "$out"; }

group_files() {
    etchstream files etchstream --inject "6:/=$work/tree"
    # The least that has to be done: every allocated byte read, written and hashed once.
    fresh; timed files cat-sync-sha256sum bash -c '{ find "$work/tree" -type f -print0 | sort -z | xargs -0 cat; tar --sparse -cf - -C "$work" disk.img; } > "$out" && sync_file "$out" && sha256sum "$out"'
}

group_registry() {
    etchstream registry etchstream --container "$registry/bench:1"
    etchstream registry etchstream-from-oci --container "oci:$work/oci"
    fresh; timed registry curl-gzip-sha256sum bash -c 'while read -r hex; do curl -fs "http://$registry/v2/bench/blobs/sha256:$hex" | gzip -dc | sha256sum; done < "$work/layer-blobs"'
    fresh; timed registry curl-to-nowhere bash -c 'while read -r hex; do curl -fs "http://$registry/v2/bench/blobs/sha256:$hex" > /dev/null; done < "$work/layer-blobs"'
    fresh; timed registry skopeo-to-dir skopeo copy --quiet --src-tls-verify=false "docker://$registry/bench:1" "dir:$work/dir"
    fresh; [ "${DOCKER:-1}" = 0 ] || timed registry docker-pull-tar bash "$here/docker-pull.sh"
}

for ((round = 0; round <= rounds; round++)); do
    # Round 0 warms the page cache and is thrown away.
    group_files
    group_registry
    [ "$round" != 0 ] || : > "$results"
    echo "round $round of $rounds done" >&2
done
fresh
report pack
awk '{ sum += $1 } END { printf "layers: %.0f MB of tar\n", sum / 1e6 }' "$work/layer-sizes"
