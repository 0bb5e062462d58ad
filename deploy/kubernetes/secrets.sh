#!/usr/bin/env bash
# Makes what a first installation has to keep to itself, into a folder that is nobody else's and no repository's:
# certificates of a CA of its own, passwords of Redis; and secrets.json, all of them as Kubernetes takes them.
#   deploy/kubernetes/secrets.sh FOLDER [NAMESPACE]       kubectl apply -f FOLDER/secrets.json
# What is there already is kept, so that it may be run again. Names by which people reach the portal stand in
# PORTAL_HOSTS ("DNS:thidua.example.gov.vn,IP:203.0.113.7"). Not made here: passwords of the databases, which their
# administrators say (docs/operations/kubernetes.md).
set -euo pipefail
umask 077
if [[ $# -lt 1 || $# -gt 2 || $1 == -* ]]; then
  echo "usage: deploy/kubernetes/secrets.sh FOLDER [NAMESPACE]" >&2
  exit 2
fi
folder=$1
namespace=${2:-thidua}
here=$(dirname "$0")
mkdir -p "$folder"

# Each is called by the name of its Service; the CA is made with the first.
for name in registry results-ingest scoring portal administrator; do
  [[ -e $folder/$name.pem ]] && continue
  hosts=
  for suffix in "" ".$namespace" ".$namespace.svc" ".$namespace.svc.cluster.local"; do
    hosts+="${hosts:+,}DNS:$name$suffix"
  done
  [[ $name == portal ]] && hosts+="${PORTAL_HOSTS:+,$PORTAL_HOSTS}"
  THIDUA_HOSTS=$hosts "$here/../certificates.sh" "$folder" "$name"
done

for user in scoring reader replica sentinel; do
  [[ -e $folder/redis-$user.password ]] || openssl rand -hex 32 >"$folder/redis-$user.password"
done
digest() { tr -d '\n' <"$folder/redis-$1.password" | sha256sum | cut -d ' ' -f 1; }
# The users of the suite with their passwords, and those by whom servers and sentinels know each other.
{
  while read -r word name rest; do
    [[ $rest == *'#0000'* ]] && rest=${rest/\#0*0 /#$(digest "$name") }
    echo "$word $name $rest"
  done <"$here/../redis/users.acl"
  echo "user replica on #$(digest replica) resetchannels resetkeys -@all +psync +replconf +ping"
  echo "user sentinel on #$(digest sentinel) resetkeys allchannels -@all +multi +slaveof +ping +exec +subscribe" \
    "+config|rewrite +role +publish +info +client|setname +client|kill +script|kill"
} >"$folder/redis-users.acl"

separator=
# secret NAME TYPE KEY FILE [KEY FILE…]
secret() {
  printf '%s{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s", "namespace": "%s"}, "type": "%s", "data": {' \
    "$separator" "$1" "$namespace" "$2"
  shift 2
  separator=
  while [[ $# -gt 0 ]]; do
    printf '%s"%s": "%s"' "$separator" "$1" "$(base64 --wrap=0 "$2")"
    separator=', '
    shift 2
  done
  printf '}}'
  separator=$',\n'
}
{
  printf '{"apiVersion": "v1", "kind": "List", "items": [\n'
  for name in registry results-ingest scoring portal; do
    secret "$name-tls" kubernetes.io/tls tls.crt "$folder/$name.pem" tls.key "$folder/$name.key" ca.crt "$folder/ca.pem"
  done
  secret redis-users Opaque users.acl "$folder/redis-users.acl"
  secret redis-scoring Opaque password "$folder/redis-scoring.password"
  secret redis-passwords Opaque replica "$folder/redis-replica.password" sentinel "$folder/redis-sentinel.password"
  printf '\n]}\n'
} >"$folder/secrets.json"
