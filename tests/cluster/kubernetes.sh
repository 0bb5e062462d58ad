#!/usr/bin/env bash
# Builds a Kubernetes (1.20.2: API server, controllers, scheduler, kubelet, proxy, kubectl, and what holds a pod open)
# of Debian's source package into a folder. What is there already is kept.
#   tests/cluster/kubernetes.sh FOLDER       (some eight minutes of one processor, 2 GB on the way)
set -euo pipefail
if [[ $# -ne 1 || $1 == -* ]]; then
  echo "usage: tests/cluster/kubernetes.sh FOLDER" >&2
  exit 2
fi
binaries=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)
[[ -e $1/pause ]] && exit 0
mkdir -p "$1"
folder=$(realpath "$1")
work=$folder/source
rm -rf "$work"
mkdir -p "$work/lists/partial"

# The machine's own lists of packages stay as they are.
cat >"$work/sources.list" <<'END'
deb-src http://deb.debian.org/debian bookworm main
deb-src http://deb.debian.org/debian-security bookworm-security main
END
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/nonexistent
  -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
echo "Kubernetes: fetching Debian's source"
"${apt[@]}" update
(cd "$work" && "${apt[@]}" source --download-only kubernetes >/dev/null)

mkdir "$work/kubernetes"
tar -xzf "$work"/kubernetes_*.orig.tar.gz --strip-components=1 -C "$work/kubernetes"
tar -xJf "$work"/kubernetes_*.debian.tar.xz -C "$work/kubernetes"
cd "$work/kubernetes"
while read -r patch; do
  patch -p1 --silent <"debian/patches/$patch"
done <debian/patches/series

# As Debian's own rules build kubectl, with the servers besides.
mkdir -p .go/src/k8s.io
ln -s ../../.. .go/src/k8s.io/kubernetes
echo "Kubernetes: compiling ${binaries[*]} (minutes; $folder/build.log)"
env HOME="$work" GOPATH="$PWD/.go" GOPROXY=off CGO_ENABLED=0 KUBE_GIT_VERSION=v1.20.2 \
  make WHAT="${binaries[*]/#/cmd/}" >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; exit 1; }
cp "${binaries[@]/#/_output/bin/}" "$folder"
# Last: with it, all is there.
gcc -Os -static -DVERSION=1 -o "$folder/pause" build/pause/linux/pause.c
chmod -R u+w "$work"
rm -rf "$work"
