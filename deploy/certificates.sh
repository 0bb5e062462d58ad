#!/usr/bin/env bash
# Makes a small CA and the certificates that the suite's lines show each other, into a folder: ca.pem and ca.key,
# NAME.pem and NAME.key. For the demo, tests and a first installation; a province that has a CA of its own takes
# its certificates instead.
#   deploy/certificates.sh [--days=N] FOLDER [NAME…]
# Without names: the four services and "administrator", who calls them. A CA that is there already is used again;
# the certificate of a name that is there is replaced, the key first and then the certificate.
# Each carries the URI spiffe://thidua/NAME, by which an access policy knows it; those of services also what they
# are called by: localhost, 127.0.0.1, and the names in THIDUA_HOSTS ("DNS:registry.thidua.local,IP:10.0.0.5").
set -euo pipefail
umask 077

days=825
if [[ ${1:-} == --days=* ]]; then
  days=${1#--days=}
  shift
fi
if [[ $# -lt 1 || $1 == -* ]]; then
  echo "usage: deploy/certificates.sh [--days=N] FOLDER [NAME…]" >&2
  exit 2
fi
folder=$1
shift
[[ $# -gt 0 ]] || set -- registry results-ingest scoring portal administrator
mkdir -p "$folder"

# Only what is said here, whatever the machine's openssl.cnf adds.
configuration=$(mktemp)
trap 'rm -f "$configuration"' EXIT
printf '[req]\ndistinguished_name = name\nprompt = no\n[name]\nO = Thi Dua\n' >"$configuration"

# certificate SUBJECT DAYS KEY CERTIFICATE [MORE WORDS…]
certificate() {
  local said
  said=$(openssl req -x509 -config "$configuration" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
    -subj "/O=Thi Dua/CN=$1" -days "$2" -keyout "$3.new" -out "$4.new" "${@:5}" 2>&1) ||
    { echo "$said" >&2; exit 1; }
  mv "$3.new" "$3"
  mv "$4.new" "$4"
}

if [[ ! -e $folder/ca.pem ]]; then
  certificate "Thi Dua CA" 3650 "$folder/ca.key" "$folder/ca.pem" \
    -addext "basicConstraints = critical, CA:TRUE, pathlen:0" -addext "keyUsage = critical, keyCertSign, cRLSign" \
    -addext "subjectKeyIdentifier = hash"
fi
for name in "$@"; do
  names="URI:spiffe://thidua/$name"
  for_what=clientAuth
  case $name in
    registry | results-ingest | scoring | portal)
      names="$names,DNS:localhost,IP:127.0.0.1${THIDUA_HOSTS:+,$THIDUA_HOSTS}"
      for_what="serverAuth, clientAuth"  # Services call each other.
      ;;
  esac
  certificate "$name" "$days" "$folder/$name.key" "$folder/$name.pem" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
    -addext "basicConstraints = critical, CA:FALSE" -addext "keyUsage = critical, digitalSignature" \
    -addext "extendedKeyUsage = $for_what" -addext "subjectAltName = $names" -addext "authorityKeyIdentifier = keyid"
done
