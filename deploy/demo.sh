#!/usr/bin/env bash
# The main job before your eyes: starts a Redis, the three services and the portal on free ports of loopback,
# loads Khối thi đua 4 of Kiên Giang (first half of 2019) through the public RPCs, and prints the
# review, the ranking and how other systems read it. On a terminal everything stays up until
# Ctrl-C; without one it ends with 0. Its data lives in a folder of its own and goes with it.
#   deploy/demo.sh [FOLDER OF THE BINARIES]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-build/release/bin}
period=blocs/khoi-thi-dua-4/pacts/2019/periods/6-thang
key='thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang'

# The demo's own addresses only, whatever the environment says.
unset "${!THIDUA_@}"

folder=$(mktemp -d "${TMPDIR:-/tmp}/thidua-demo-XXXXXX")
started=()
clean_up() {
  trap - EXIT INT TERM
  # In the order opposite to their start; Redis last.
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill "${started[i]}" 2>/dev/null || true
    wait "${started[i]}" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 0' INT TERM

fail() {
  echo "$1" >&2
  tail -n 20 "$folder"/*.log >&2 || true
  exit 1
}

# Starts a service and answers, in $address, where it listens.
start_service() {
  local name=$1
  shift
  mkfifo "$folder/$name.ready"
  "$bin/thidua-$name" --data_dir="$folder/$name" "$@" >"$folder/$name.ready" 2>"$folder/$name.log" &
  started+=($!)
  local line=""
  read -r line <"$folder/$name.ready" || true
  [[ $line == ready\ * ]] || fail "$name did not start"
  address=${line#ready }
}

start_redis() {
  local port pid
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 40000))
    redis-server --bind 127.0.0.1 --port "$port" --save "" --appendonly no --dir "$folder" \
      --logfile "$folder/redis.log" >/dev/null 2>&1 &
    pid=$!
    # Ours answers with our process's number; another's, or nobody, means that the port was taken.
    while kill -0 "$pid" 2>/dev/null; do
      if redis-cli -p "$port" INFO server 2>/dev/null | grep -q "process_id:$pid"; then
        started+=("$pid")
        redis_port=$port
        return
      fi
    done
  done
  fail "redis-server found no free port"
}

heading() { printf '\n━━━ %s\n\n' "$1"; }

start_redis
start_service registry
export THIDUA_REGISTRY=$address
start_service results-ingest
export THIDUA_RESULTS=$address
start_service scoring --redis="127.0.0.1:$redis_port"
export THIDUA_SCORING=$address
start_service portal
portal=$address

loaded=$("$bin/thidua" --json load tests/data/khoi-4-2019)
# Every page below is of what was loaded, or newer.
fresh=$(sed -n 's/.*"freshnessToken": "\([^"]*\)".*/\1/p' <<<"$loaded")

heading "Sơ kết 6 tháng đầu năm 2019"
"$bin/thidua" --fresh="$fresh" review "$period"
heading "Xếp hạng"
"$bin/thidua" --fresh="$fresh" ranking "$period"
heading "Phiếu điểm"
"$bin/thidua" --fresh="$fresh" scorecard "$period"

heading "Cùng bảng xếp hạng, đọc từ Redis: redis-cli HGET '$key' json"
revision=$("$bin/thidua" --json ranking "$period" | sed -n 's/.*"revision": *"\([^"]*\)".*/\1/p')
# Published moments after it was computed.
for _ in $(seq 500); do
  [[ $(redis-cli -p "$redis_port" HGET "$key" revision) == "$revision" ]] && break
done
[[ $(redis-cli -p "$redis_port" HGET "$key" revision) == "$revision" ]] ||
  fail "Redis does not hold the ranking $revision"
redis-cli -p "$redis_port" HGET "$key" json
heading "Và bằng gRPC: thidua call GetRanking"
"$bin/thidua" call GetRanking "{\"period\": \"$period\"}"
heading "Và qua HTTP, như cổng dịch vụ công đọc: GET http://$portal/v1/$period/ranking"
exec 3<>"/dev/tcp/${portal%:*}/${portal#*:}"
printf 'GET /v1/%s/ranking HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$period" "$portal" >&3
answer=$(cat <&3)
exec 3>&-
[[ $answer == "HTTP/1.1 200 "* && $answer == *"\"revision\":\"$revision\""* ]] || fail "the portal does not answer the ranking"
printf '%s\n' "${answer%%$'\r\n\r\n'*}"
heading "Trang web"
echo "http://$portal/xep-hang/khoi-thi-dua-4/2019/6-thang"

if [[ -t 0 && -t 1 ]]; then
  heading "Đang chạy; Ctrl-C để dừng"
  echo "Trang web       http://$portal/"
  echo "registry        $THIDUA_REGISTRY"
  echo "results-ingest  $THIDUA_RESULTS"
  echo "scoring         $THIDUA_SCORING"
  echo "Redis           127.0.0.1:$redis_port"
  wait -n "${started[@]}" || true
  fail "a process ended by itself"
fi
