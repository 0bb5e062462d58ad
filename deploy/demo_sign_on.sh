#!/usr/bin/env bash
# Plays the province's sign-on for the demo and tests: makes an issuer's key (key.pem, jwks.json), if it is not there
# yet, and a token of it that is good for a day (SUBJECT.token), into a folder. A policy knows who has that token as
#   token:https://dang-nhap.thidua.local|SUBJECT       with jwks_file: FOLDER/jwks.json, audiences: "thidua"
# Nothing for an installation: whoever reads key.pem is whom they like.
#   deploy/demo_sign_on.sh FOLDER SUBJECT [NAME TO SHOW]
set -euo pipefail
umask 077
if [[ $# -lt 2 || $1 == -* || ! $2 =~ ^[a-z0-9-]+$ || ${3:-} == *[\"\\]* ]]; then
  echo "usage: deploy/demo_sign_on.sh FOLDER SUBJECT [NAME TO SHOW]" >&2
  exit 2
fi
folder=$1
subject=$2
name=${3:-$2}

base64url() { basenc --base64url --wrap=0 | tr -d '='; }

mkdir -p "$folder"
if [[ ! -e $folder/jwks.json ]]; then
  said=$(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$folder/key.pem" 2>&1) ||
    { echo "$said" >&2; exit 1; }
  modulus=$(openssl rsa -in "$folder/key.pem" -noout -modulus)
  n=$(basenc --base16 --decode <<<"${modulus#Modulus=}" | base64url)
  # AQAB: 65537, OpenSSL's exponent.
  printf '{"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "demo", "n": "%s", "e": "AQAB"}]}\n' "$n" \
    >"$folder/jwks.json"
fi

now=$(date +%s)
payload='{"iss":"https://dang-nhap.thidua.local","aud":"thidua","sub":"%s","name":"%s","iat":%d,"exp":%d}'
# shellcheck disable=SC2059
signed=$(printf '{"alg":"RS256","typ":"JWT","kid":"demo"}' | base64url).$(
  printf "$payload" "$subject" "$name" "$now" $((now + 86400)) | base64url
)
signature=$(printf '%s' "$signed" | openssl dgst -sha256 -sign "$folder/key.pem" -binary | base64url)
printf '%s.%s\n' "$signed" "$signature" >"$folder/$subject.token"
