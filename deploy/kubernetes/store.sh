#!/usr/bin/env bash
# Runs thidua-store in the cluster, beside a service's store and the claim of the backups, and prints what it says:
#   deploy/kubernetes/store.sh SERVICE COMMAND [WORDS…]
#   deploy/kubernetes/store.sh registry list /backups/registry
# It is the job of the nightly backup with other words, and is removed again. Ends with 0 when it did, 1 when not.
# NAMESPACE (thidua) says where.
set -euo pipefail
if [[ $# -lt 2 || $1 == -* ]]; then
  echo "usage: deploy/kubernetes/store.sh SERVICE COMMAND [WORDS…]" >&2
  exit 2
fi
service=$1
shift
namespace=${NAMESPACE:-thidua}
job=store-$service-$(date +%s)
kubectl=(kubectl --namespace="$namespace")

spec=/spec/template/spec
args=$spec/containers/0/args
# In the place of "backup", its folder and how many are kept; the rest says where the store is.
changes='{"op": "replace", "path": "/spec/backoffLimit", "value": 0}'
for _ in 1 2 3; do
  changes+=", {\"op\": \"remove\", \"path\": \"$args/0\"}"
done
for ((i = $#; i > 0; i--)); do
  if [[ ${!i} == *[\"\\]* ]]; then
    echo "No word may hold \" or \\: ${!i}" >&2
    exit 2
  fi
  changes+=", {\"op\": \"add\", \"path\": \"$args/0\", \"value\": \"${!i}\"}"
done
# It is bound to the service's node for a volume that only one node may have, as long as there is a service.
if [[ -z $("${kubectl[@]}" get pods --selector="app.kubernetes.io/name=$service" --output=name) ]]; then
  changes+=", {\"op\": \"add\", \"path\": \"$spec/affinity\", \"value\": {}}"
fi

"${kubectl[@]}" create job "$job" --from="cronjob/backup-$service" --dry-run=client --output=json |
  kubectl patch --local --filename=- --type=json --patch="[$changes]" --output=json |
  "${kubectl[@]}" create --filename=- >/dev/null
trap '"${kubectl[@]}" delete job "$job" --wait=false >/dev/null' EXIT
ended=
until [[ $ended == *Complete* || $ended == *Failed* ]]; do
  sleep 1
  ended=$("${kubectl[@]}" get job "$job" --output=jsonpath='{.status.conditions[?(@.status=="True")].type}')
done
"${kubectl[@]}" logs "job/$job"
[[ $ended == *Complete* ]]
