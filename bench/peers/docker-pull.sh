#!/bin/bash
# The same work by an engine: docker pull into a fresh data root, then tar of its store. Called by pack.sh.
set -euo pipefail
root=$work/docker
rm -rf "$root"
short=$(mktemp -d /tmp/dk.XXXXXX)
mkdir -p "$root"
dockerd --data-root "$root" --exec-root "$short/e" --pidfile "$short/p" --iptables=false --bridge=none --storage-driver=overlay2 -H "unix://$short/s" > "$work/dockerd.log" 2>&1 &
pid=$!
stop() { kill "$pid" 2> /dev/null || true; wait "$pid" 2> /dev/null || true; rm -rf "$short"; }
trap stop EXIT
for ((i = 0; i < 200; i++)); do docker -H "unix://$short/s" info > /dev/null 2>&1 && break; sleep 0.1; done
docker -H "unix://$short/s" pull -q "$registry/bench:1"
kill "$pid"
wait "$pid" || true
tar --format=posix --xattrs --xattrs-include='*' --numeric-owner -cf "$out" -C "$root" image overlay2
sync_file "$out"
