#!/usr/bin/env bash
# Makes a Debian package of a published program: the program, its manual page, completions for bash, zsh and fish.
# Usage: make-deb.sh [--run PROGRAM] PUBLISHED OUTPUT
#   PUBLISHED      the folder that "dotnet publish src/EtchStream.Cli -c Release -o PUBLISHED" filled
#   OUTPUT         the folder for the package, whose path is printed
#   --run PROGRAM  the same program for this machine, where the one in PUBLISHED is for another
# Needs dpkg-deb, readelf (binutils) and gzip; no root. The same program gives the same bytes: times are SOURCE_DATE_EPOCH, or else the day that
# docs/changelog.md gives the version. The maintainer is DEBFULLNAME and DEBEMAIL, as with Debian's own tools.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
changelog=$here/../../../docs/changelog.md
export LC_ALL=C TZ=UTC
umask 022

fail() { printf 'make-deb.sh: %s\n' "$*" >&2; exit 1; }

run=
if [[ ${1-} == --run ]]; then run=${2-}; shift 2; fi
if (($# != 2)); then sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
published=$1 output=$2
program=$published/etchstream
[[ -x $program ]] || fail "$program: no such program; make it with: dotnet publish src/EtchStream.Cli -c Release -o $published"
for tool in dpkg-deb readelf gzip; do command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install ${tool/readelf/binutils}"; done
run=${run:-$program}

# --- what it is: version from the program, day from the changelog, architecture and needs from the ELF file
version=$("$run" --version) || fail "$run does not run here; name one that does with --run"
version=${version#etchstream }
day=$(sed -n "s/^## \[${version//./\\.}\] - \([0-9-]*\)$/\1/p" "$changelog")
[[ $day ]] || fail "docs/changelog.md has no entry for version $version"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date -d "$day" +%s)}
machine=$(readelf -hW "$program" | sed -n 's/^ *Machine: *//p')
case $machine in
    *X86-64*) architecture=amd64 ;;
    AArch64*) architecture=arm64 ;;
    ARM*) architecture=armhf ;;
    *) fail "$program: a program for '$machine', of which the Debian name is not known here" ;;
esac

glibc=$( (readelf -VW "$program" | grep -o 'GLIBC_[0-9][0-9.]*' | cut -d_ -f2; readelf -VW "$program" | sed -n 's/.*GLIBC_ABI_DT_RELR.*/2.36/p') | sort -Vu | tail -n 1)
depends="libc6 (>= $glibc)"
for library in $(readelf -dW "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'); do
    case $library in
        libc.so.6 | libm.so.6 | libdl.so.2 | libpthread.so.0 | librt.so.1 | ld-linux*) ;;
        libgcc_s.so.1) depends+=", libgcc-s1" ;;
        libstdc++.so.6) depends+=", libstdc++6" ;;
        libz.so.1) depends+=", zlib1g" ;;
        *) fail "$program needs $library, of which the Debian package is not known here" ;;
    esac
done
# .NET takes its digests and TLS from OpenSSL, which it opens while it runs: no digest, no archive.
depends+=", libssl3 | libssl1.1"
if [[ -e $published/etchstream.runtimeconfig.json ]]; then
    runtime=$(sed -n 's/.*"version": *"\([0-9]*\.[0-9]*\)\..*/\1/p' "$published/etchstream.runtimeconfig.json" | head -n 1)
    depends+=", dotnet-runtime-$runtime"
fi

# --- the files
root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT
put() { install -D -m "$1" /dev/stdin "$root/$2"; }
if [[ -e $published/etchstream.dll ]]; then
    mkdir -p "$root/usr/lib/etchstream" "$root/usr/bin"
    for file in "$published"/*; do
        case $file in *.pdb | *.xml) continue ;; esac
        install -m 644 "$file" "$root/usr/lib/etchstream/"
    done
    chmod 755 "$root/usr/lib/etchstream/etchstream"
    ln -s ../lib/etchstream/etchstream "$root/usr/bin/etchstream"
else
    put 755 usr/bin/etchstream <"$program"
fi
"$run" completion bash | put 644 usr/share/bash-completion/completions/etchstream
"$run" completion zsh | put 644 usr/share/zsh/vendor-completions/_etchstream
"$run" completion fish | put 644 usr/share/fish/vendor_completions.d/etchstream.fish
"$run" completion man | gzip -9n | put 644 usr/share/man/man1/etchstream.1.gz
doc=usr/share/doc/etchstream
put 644 "$doc/copyright" <"$here/copyright"
gzip -9n <"$changelog" | put 644 "$doc/changelog.gz"

# What comes before a release sorts before it in Debian too: 1.0.0-rc.1 is 1.0.0~rc.1 there.
debian=${version/-/\~}-1
maintainer="${DEBFULLNAME:-etchstream contributors} <${DEBEMAIL:-etchstream@localhost}>"
gzip -9n <<END | put 644 "$doc/changelog.Debian.gz"
etchstream ($debian) unstable; urgency=medium

  * Version $version. What is new is in changelog.gz.

 -- $maintainer  $(date -R -d "@$SOURCE_DATE_EPOCH")
END

size=$(find "$root" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib + 1 }')
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) | put 644 DEBIAN/md5sums
put 644 DEBIAN/control <<END
Package: etchstream
Version: $debian
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Depends: $depends
Recommends: ca-certificates, libbz2-1.0, liblzma5, libzstd1
Section: admin
Priority: optional
Description: flash disk images with the files and containers of first boot
 On a build host, etchstream packs a disk image, files for its partitions and
 container images into one tar archive. At flash time it streams that onto
 devices and files and writes the files into the image's ext2, ext3, ext4 and
 FAT partitions on the way: no mount, no root, no temporary copy. Images can be
 inspected, checked and browsed without a mount as well.
END
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$output"
package=$output/etchstream_${debian}_$architecture.deb
dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$package" >/dev/null
printf '%s\n' "$package"
