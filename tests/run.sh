#!/usr/bin/env bash
# Runs all tests, on a bare Debian 12 that has the .NET SDK.
# As root it installs the programs that tests compare with; they, loop mounts and device nodes are needed for the whole set.
# The last line is "N passed, N failed" (and ", N skipped" when there are any). Exits with 0 only when all is well.
#
# Usage: tests/run.sh [--soak] [--no-install]
#   --soak        also the complete cross product of file-system features, and long fuzzing (hours)
#   --no-install  take the machine as it is; tests whose programs are missing are skipped
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

packages=(
    acl attr binutils btrfs-progs busybox-static bzip2 cryptsetup-bin debootstrap docker-registry docker.io dosfstools e2fsprogs erofs-utils
    exfatprogs f2fs-tools fdisk fish gcc gdisk groff-base libarchive-tools libc6-dev libcap2-bin mount mtools nginx-light openssl parted python3-jsonschema
    python3-pyte skopeo squashfs-tools strace umoci user-mode-linux xfsprogs xz-utils zip unzip zsh zstd
)
install=1
soak=0
for argument in "$@"; do
    case $argument in
        --soak) soak=1 ;;
        --no-install) install=0 ;;
        *) printf 'tests/run.sh: unknown argument %s\n' "$argument" >&2; exit 2 ;;
    esac
done

export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CI=true
if ((soak)); then export ETCHSTREAM_SOAK=1; fi

if ((install)); then
    missing=()
    for package in "${packages[@]}"; do
        if ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then missing+=("$package"); fi
    done
    if ((${#missing[@]})); then
        if (($(id -u) != 0)); then
            printf 'Missing: %s. As root: apt-get install %s (or run with --no-install)\n' "${missing[*]}" "${missing[*]}" >&2
            exit 1
        fi
        # Tests start the daemons that they need; the machine's own shall not run beside them.
        policy=
        if [[ ! -e /usr/sbin/policy-rc.d ]]; then
            policy=/usr/sbin/policy-rc.d
            trap 'rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod 755 "$policy"
        fi
        # One list that cannot be fetched (a repository that has nothing to do with this) is no reason to stop: the install tells.
        apt-get -q update || printf 'apt-get update did not fetch everything\n' >&2
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
        if [[ $policy ]]; then rm -f "$policy"; fi
    fi
    export ETCHSTREAM_REQUIRE_TOOLS=1
fi

results=$(mktemp -d)
chmod 755 "$results" # tests start the program as another user
trap 'rm -rf "$results"' EXIT

passed=0
failed=0
skipped=0

# Any warning is an error: Directory.Build.props says so.
if dotnet build EtchStream.sln -c Release --nologo -v minimal; then
    # Tests that start the program take the one that users get, compiled to native code where a C linker is there.
    printf '\n== publish\n'
    publish() { dotnet publish src/EtchStream.Cli -c Release -o "$results/program" --nologo -v quiet "$@"; }
    if publish || { printf 'Not to native code; for the installed runtime then.\n' && publish -p:PublishAot=false; }; then
        export ETCHSTREAM_PROGRAM=$results/program/etchstream
    else
        printf 'The program could not be published.\n' >&2
        failed=1
    fi
    for project in tests/*.Tests/*.csproj; do
        name=$(basename "$project" .csproj)
        printf '\n== %s\n' "$name"
        code=0
        dotnet test "$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" \
            --logger "trx;LogFileName=$results/$name.trx" --blame-hang-timeout 45m || code=$?

        # The counters of the result file; it is missing, or older than the crash, when the test host died.
        counters=$(sed -n 's/.*<Counters \([^>]*\)\/>.*/\1/p' "$results/$name.trx" 2>/dev/null | head -n 1)
        count() { sed -n "s/.*\b$1=\"\([0-9]*\)\".*/\1/p" <<<" $counters" | grep . || printf 0; }
        total=$(count total)
        executed=$(count executed)
        good=$(count passed)
        bad=$((executed - good))
        if ((code != 0 && bad == 0)); then
            printf '%s: ended with code %s, no failed test in its results\n' "$name" "$code" >&2
            bad=1
        elif [[ -z $counters && $code -eq 0 ]]; then
            # A project without tests writes no results and is no failure.
            printf '%s: no tests\n' "$name"
        fi
        passed=$((passed + good))
        failed=$((failed + bad))
        skipped=$((skipped + total - executed))
    done
else
    printf 'The build failed.\n' >&2
    failed=1
fi

summary="$passed passed, $failed failed"
if ((skipped)); then summary="$summary, $skipped skipped"; fi
printf '\n%s\n' "$summary"
((failed == 0 && passed > 0))
