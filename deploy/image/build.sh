#!/usr/bin/env bash
# Builds the image with buildah (deploy/install.sh image) and prints its id. The same source, or the same
# binaries, give the same id again, and the same digest where it is pushed to.
#   deploy/image/build.sh [--tag=NAME] [--debian=IMAGE] [--binaries=BUILD_FOLDER]
# --binaries takes those of a build that is there (build/release) instead of compiling them in a Debian 12; --debian
# says where that comes from: for a build that can be repeated years later, by its digest.
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=localhost/thidua:latest
debian=()
binaries=
for word in "$@"; do
  case $word in
    --tag=*) tag=${word#--tag=} ;;
    --debian=*) debian=(--build-arg "DEBIAN=${word#--debian=}") ;;
    --binaries=*) binaries=${word#--binaries=} ;;
    *) echo "usage: deploy/image/build.sh [--tag=NAME] [--debian=IMAGE] [--binaries=BUILD_FOLDER]" >&2; exit 2 ;;
  esac
done

build=(buildah bud --isolation "${BUILDAH_ISOLATION:-chroot}" --layers=false --timestamp 0 --quiet
  --file deploy/image/Dockerfile --tag "$tag")
if [[ -n $binaries ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  deploy/image/root.sh "$binaries" "$folder/image"
  mkdir "$folder/nothing"
  "${build[@]}" --build-context build="$folder" "$folder/nothing"
else
  "${build[@]}" "${debian[@]}" --ignorefile deploy/image/Dockerfile.dockerignore .
fi
