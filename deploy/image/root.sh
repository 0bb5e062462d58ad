#!/usr/bin/env bash
# Lays out the image's file system: the binaries of a build without what only debuggers read, the pages, the shared
# libraries that these load, the names of the one user, the CAs by which the sign-on's keys are fetched; and what
# Debian packages all this is of, for those who look for known holes (var/lib/dpkg/status.d) and for licences.
#   deploy/image/root.sh BUILD_FOLDER NEW_FOLDER
# The same build gives the same files, byte for byte; times are the image builder's matter.
set -euo pipefail
if [[ $# -ne 2 || $1 == -* ]]; then
  echo "usage: deploy/image/root.sh BUILD_FOLDER NEW_FOLDER" >&2
  exit 2
fi
build=$1
root=$2
binaries=(thidua thidua-registry thidua-results-ingest thidua-scoring thidua-portal thidua-store)
authorities=/etc/ssl/certs/ca-certificates.crt

umask 022
mkdir "$root"
mkdir -p "$root"/{etc/ssl/certs,opt/thidua/bin,usr/lib,usr/share/doc,var/lib/thidua,var/lib/dpkg/status.d}
mkdir -m 1777 "$root/tmp"
for link in lib lib64; do
  mkdir -p "$root/usr/$link"
  ln -s "usr/$link" "$root/$link"
done

for name in "${binaries[@]}"; do
  strip -o "$root/opt/thidua/bin/$name" "$build/bin/$name"
  chmod 755 "$root/opt/thidua/bin/$name"
done
mkdir "$root/opt/thidua/web"
cp -R --no-preserve=all "$build/web/." "$root/opt/thidua/web"

# What ldd names: "NAME => PLACE (…)", and the loader itself, whose place stands alone.
mapfile -t found < <(for name in "${binaries[@]}"; do ldd "$build/bin/$name"; done |
  awk '/not found/ {print; next} $2 == "=>" && $3 ~ /^\// {print $3; next} $1 ~ /^\// {print $1}' | sort -u)
from_debian=()
for library in "${found[@]}"; do
  if [[ $library != /* ]]; then
    echo "A library is missing: $library" >&2
    exit 1
  fi
  # /lib is usr/lib.
  folder=$(realpath "$(dirname "$library")")
  mkdir -p "$root$folder"
  install -m 755 "$library" "$root$folder/${library##*/}"
  from_debian+=("$(realpath "$library")")
done

# "PACKAGE:ARCHITECTURE: PLACE", where a package may still say /lib for what is in /usr/lib.
declare -A owner
while IFS= read -r line; do
  place=${line#*: }
  owner[/usr${place#/usr}]=${line%%:*}
done < <(dpkg-query -S "${from_debian[@]}" "${from_debian[@]#/usr}" 2>/dev/null || true)
packages=(ca-certificates)
for place in "${from_debian[@]}"; do
  if [[ -z ${owner[$place]:-} ]]; then
    echo "Of no package: $place" >&2
    exit 1
  fi
  packages+=("${owner[$place]}")
done

install -m 644 "$authorities" "$root$authorities"
printf 'thidua:x:10001:10001:Thi Dua:/var/lib/thidua:/nonexistent\n' >"$root/etc/passwd"
printf 'thidua:x:10001:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
install -m 644 /etc/os-release "$root/etc/os-release"

printf '%s\n' "${packages[@]}" | sort -u | while read -r package; do
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
