#!/bin/bash
# The small files into the image by debugfs, which needs no mount: from $work/modules, by the commands of debugfs-commands. Called by run.sh.
set -euo pipefail
cd "$work/modules"
debugfs -w -f "$work/debugfs-commands" "$out?offset=$(cat "$work/data-offset")"
sync_file "$out"
