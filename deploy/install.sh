#!/usr/bin/env bash
# Installs from Debian 12's packages what one purpose needs and the machine lacks:
#   deploy/install.sh build|test|coverage|mutation|lint|tidy|fuzz|image|cluster
# Asks apt for nothing when nothing is missing, so that a second run costs milliseconds.
set -euo pipefail

build=(g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  golang-github-grpc-ecosystem-grpc-gateway-dev
  libabsl-dev libboost-dev libssl-dev libcurl4-openssl-dev zlib1g-dev libc-ares-dev libre2-dev
  libhiredis-dev libpq-dev nlohmann-json3-dev libsqlite3-dev libsqlitecpp-dev libutf8proc-dev libgtest-dev libgmock-dev
  libzip-dev libexpat1-dev libxlsxwriter-dev
  nodejs npm redis-server openssl prometheus-cpp-dev)
# What the tests hold the suite against: other databases, other clients, an office, a browser, a machine that breaks.
test=("${build[@]}" curl postgresql libreoffice-writer-nogui fonts-liberation2 poppler-utils chromium
  python3-grpcio python3-protobuf python3-redis php-cli php-redis node-redis prometheus
  strace faketime iptables iproute2)
lint=(clang-format shellcheck npm golang-github-grpc-ecosystem-grpc-gateway-dev)
tidy=("${build[@]}" clang-tidy)
fuzz=("${build[@]}" clang libclang-rt-14-dev python3)
coverage=("${build[@]}" clang libclang-rt-14-dev llvm-14 python3)
mutation=("${build[@]}" python3)
# Containers need more of a machine than packages (root, cgroups), so that make test does without them.
image=(buildah podman runc conmon binutils ca-certificates)
# A Kubernetes of one machine, built from Debian's source, and what it stands on.
cluster=("${image[@]}" golang-go make patch rsync jq xz-utils etcd-server containerd containernetworking-plugins
  iproute2 iptables conntrack dnsmasq-base busybox-static openssl curl postgresql redis-tools nodejs npm unzip
  protobuf-compiler python3-grpcio python3-protobuf golang-github-grpc-ecosystem-grpc-gateway-dev)
# kubectl comes in an archive.
test+=(unzip)
lint+=(unzip)

case "${1:-}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${test[@]}") ;;
  coverage) wanted=("${coverage[@]}") ;;
  mutation) wanted=("${mutation[@]}") ;;
  lint) wanted=("${lint[@]}") ;;
  tidy) wanted=("${tidy[@]}") ;;
  fuzz) wanted=("${fuzz[@]}") ;;
  image) wanted=("${image[@]}") ;;
  cluster) wanted=("${cluster[@]}") ;;
  *) echo "usage: deploy/install.sh build|test|coverage|mutation|lint|tidy|fuzz|image|cluster" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  [ "$package" = npm ] && command -v npm >/dev/null && continue
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing from Debian: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Run as root, or install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
# Another installation that is under way is waited for.
wait=(-o DPkg::Lock::Timeout=600)
"${as_root[@]}" apt-get "${wait[@]}" update -qq
# The suite starts the Redis it needs itself; RUNLEVEL=1 keeps the package from starting another.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
  apt-get "${wait[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
