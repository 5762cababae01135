#!/bin/bash
# Times `etchstream pack` from a registry beside the same work by other tools, alternating in one run, on the fixture of pack-fixture.sh.
# Needs root (docker pull), GNU time, and Debian's docker-registry, skopeo, curl and docker.io. Prints medians, ratios, peak memory.
#
#   bench/peers/pack.sh [ROUNDS]         default 3
#
# Environment: ETCHSTREAM  the program (default: it is published to WORK first)
#              WORK        folder for fixture and outputs, about 15 GB (default: /var/tmp/etchstream-peers)
#              FLUSH=0     leave out sync everywhere but in etchstream, which always does it
#              DOCKER=0    leave out docker pull
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-3}
work=${WORK:-/var/tmp/etchstream-peers}
mkdir -p "$work"
if [ "$(id -u)" != 0 ]; then echo "pack.sh: docker pull needs root" >&2; exit 1; fi
for tool in /usr/bin/time docker-registry skopeo curl; do
    command -v "$tool" > /dev/null || { echo "pack.sh: $tool is missing: apt-get install time docker-registry skopeo curl docker.io" >&2; exit 1; }
done

etchstream=${ETCHSTREAM:-}
if [ -z "$etchstream" ]; then
    dotnet publish "$here/../../src/EtchStream.Cli" -c Release -o "$work/cli" -v quiet
    etchstream=$work/cli/etchstream
fi
"$here/fixture.sh" "$work"
"$here/pack-fixture.sh" "$work"

port=$((20000 + RANDOM % 20000))
registry=127.0.0.1:$port
rm -rf "$work/registry"
printf 'version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: %s\nhttp:\n  addr: %s\n' "$work/registry" "$registry" > "$work/registry.yml"
docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
registry_pid=$!
cleanup() { kill "$registry_pid" 2> /dev/null || true; rm -rf "$work/docker" "$work/dir"; }
trap cleanup EXIT
for ((i = 0; i < 100; i++)); do curl -fs "http://$registry/v2/" > /dev/null && break; sleep 0.1; done
skopeo copy --quiet --dest-tls-verify=false "oci:$work/oci:bench" "docker://$registry/bench:1"

out=$work/pack-out
results=$work/pack-results.txt
: > "$results"
timed() {
    local name=$1; shift
    rm -rf "$out" "$work/dir"
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" > "$work/log" 2>&1 || { echo "pack.sh: $name failed:" >&2; cat "$work/log" >&2; exit 1; }
    awk -v name="$name" '{ print name, $1, $2 + $3, $4 }' "$work/time" >> "$results"
}

export registry work out FLUSH here
job_etchstream() { timed etchstream "$etchstream" pack --quiet --image "$work/disk.img" --container "$registry/bench:1" -o "$out"; }
job_etchstream_oci() { timed etchstream-oci "$etchstream" pack --quiet --image "$work/disk.img" --container "oci:$work/oci" -o "$out"; }
job_curl_all() { timed curl-to-nowhere bash -c 'while read -r hex; do curl -fs "http://$registry/v2/bench/blobs/sha256:$hex" > /dev/null; done < "$work/layer-blobs"'; }
# The floor of what has to be done with the layers, one after the other.
job_floor() { timed curl-gzip-sha256sum bash -c 'while read -r hex; do curl -fs "http://$registry/v2/bench/blobs/sha256:$hex" | gzip -dc | sha256sum; done < "$work/layer-blobs"'; }
job_skopeo() { timed skopeo-to-dir skopeo copy --quiet --src-tls-verify=false "docker://$registry/bench:1" "dir:$work/dir"; }
job_docker() { [ "${DOCKER:-1}" = 0 ] || timed docker-pull-tar bash "$here/docker-pull.sh"; }

for ((round = 0; round <= rounds; round++)); do
    # Round 0 warms the page cache and is thrown away.
    for job in etchstream etchstream_oci curl_all floor skopeo docker; do "job_$job"; done
    [ "$round" != 0 ] || : > "$results"
    echo "round $round of $rounds done" >&2
done
rm -rf "$out"
awk -f "$here/medians.awk" "$results"
awk '{ sum += $1 } END { printf "layers: %.0f MB of tar\n", sum / 1e6 }' "$work/layer-sizes"
