#!/usr/bin/env bash
# The main job before your eyes: starts a Redis, the three services and the portal on free ports of loopback,
# loads Khối thi đua 4 of Kiên Giang (first half of 2019) through the public RPCs, and prints the
# review, the ranking and how other systems read it. On a terminal everything stays up until
# Ctrl-C; without one it ends with 0. Its data lives in a folder of its own and goes with it.
# As in an installation, every line is TLS, whoever calls a service shows a certificate, and a policy says what
# each of them may do; certificates and policy are made for this run, and so is a token, which stands for the
# sign-on of a province: who brings it to the portal is a member of the council's staff, everybody else a reader.
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

certificates=$folder/certificates
deploy/certificates.sh "$certificates"
sign_on=$folder/sign-on
deploy/demo_sign_on.sh "$sign_on" chuyen-vien "Chuyên viên Ban Thi đua - Khen thưởng"
token_file=$sign_on/chuyen-vien.token

policy=$folder/policy.textproto
cat >"$policy" <<END
# Ai được làm gì trong bản chạy thử này (thidua.access.v1.Policy).
members {
  callers: "uri:spiffe://thidua/results-ingest"
  callers: "uri:spiffe://thidua/scoring"
  display_name: "Các dịch vụ của bộ Thi Đua"
  grants { role: ROLE_SERVICE }
}
members {
  callers: "uri:spiffe://thidua/administrator"
  display_name: "Cơ quan thường trực, nạp dữ liệu"
  grants { role: ROLE_REGISTRAR }
}
# The portal is a reader and no more: it calls as itself for people who have not signed in.
members {
  callers: "uri:spiffe://thidua/portal"
  callers: "anyone"
  display_name: "Mọi người"
  grants { role: ROLE_READER }
}
members {
  callers: "token:https://dang-nhap.thidua.local|chuyen-vien"
  display_name: "Chuyên viên Ban Thi đua - Khen thưởng"
  grants { role: ROLE_COUNCIL }
}
issuers {
  issuer: "https://dang-nhap.thidua.local"
  audiences: "thidua"
  jwks_file: "$sign_on/jwks.json"
}
END

# Starts a service and answers, in $address, where it listens. It shows its certificate to all whom it speaks with.
start_service() {
  local name=$1
  shift
  mkfifo "$folder/$name.ready"
  "$bin/thidua-$name" --data_dir="$folder/$name" --tls_ca="$certificates/ca.pem" \
    --tls_certificate="$certificates/$name.pem" --tls_key="$certificates/$name.key" "$@" \
    >"$folder/$name.ready" 2>"$folder/$name.log" &
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

# What the portal answers to GET of that path, with these lines of the request's head besides.
get() {
  local path=$1
  shift
  printf '%s\r\n' "GET $path HTTP/1.1" "Host: $portal" "Connection: close" "$@" "" |
    openssl s_client -quiet -connect "$portal" -CAfile "$certificates/ca.pem" -verify_ip "${portal%:*}" \
      -verify_return_error 2>"$folder/openssl.log" || true
}

# The command, by whom the policy calls the administrator.
thidua() {
  THIDUA_TLS_CA=$certificates/ca.pem THIDUA_TLS_CERTIFICATE=$certificates/administrator.pem \
    THIDUA_TLS_KEY=$certificates/administrator.key "$bin/thidua" "$@"
}

start_redis
known_callers_only=(--tls_client_ca="$certificates/ca.pem" --tls_require_client_certificate
  --access_policy="$policy")
start_service registry "${known_callers_only[@]}"
export THIDUA_REGISTRY=$address
start_service results-ingest "${known_callers_only[@]}"
export THIDUA_RESULTS=$address
start_service scoring "${known_callers_only[@]}" --redis="127.0.0.1:$redis_port"
export THIDUA_SCORING=$address
start_service portal
portal=$address

loaded=$(thidua --json load tests/data/khoi-4-2019)
# Every page below is of what was loaded, or newer.
fresh=$(sed -n 's/.*"freshnessToken": "\([^"]*\)".*/\1/p' <<<"$loaded")

heading "Sơ kết 6 tháng đầu năm 2019"
thidua --fresh="$fresh" review "$period"
heading "Xếp hạng"
thidua --fresh="$fresh" ranking "$period"
heading "Phiếu điểm"
thidua --fresh="$fresh" scorecard "$period"

heading "Cùng bảng xếp hạng, đọc từ Redis: redis-cli HGET '$key' json"
revision=$(thidua --json ranking "$period" | sed -n 's/.*"revision": *"\([^"]*\)".*/\1/p')
# Published moments after it was computed.
for _ in $(seq 500); do
  [[ $(redis-cli -p "$redis_port" HGET "$key" revision) == "$revision" ]] && break
done
[[ $(redis-cli -p "$redis_port" HGET "$key" revision) == "$revision" ]] ||
  fail "Redis does not hold the ranking $revision"
redis-cli -p "$redis_port" HGET "$key" json
heading "Và bằng gRPC: thidua call GetRanking"
thidua call GetRanking "{\"period\": \"$period\"}"
heading "Và qua HTTPS, như cổng dịch vụ công đọc: GET https://$portal/v1/$period/ranking"
answer=$(get "/v1/$period/ranking")
[[ $answer == "HTTP/1.1 200 "* && $answer == *"\"revision\":\"$revision\""* ]] || fail "the portal does not answer the ranking"
printf '%s\n' "${answer%%$'\r\n\r\n'*}"
# What is not public is for whoever signs in.
review=/v1/$period/review
[[ $(get "$review") == "HTTP/1.1 403 "* ]] || fail "the portal does not keep what is not public from a visitor"
[[ $(get "$review" "Authorization: Bearer $(<"$token_file")") == "HTTP/1.1 200 "* ]] ||
  fail "the portal does not answer who has signed in"
heading "Trang web"
echo "https://$portal/xep-hang/khoi-thi-dua-4/2019/6-thang"
echo "Đăng nhập: https://$portal/dang-nhap, dán mã (token) trong tệp $token_file:"
cat "$token_file"

if [[ -t 0 && -t 1 ]]; then
  heading "Đang chạy; Ctrl-C để dừng"
  echo "Trang web       https://$portal/"
  echo "Đăng nhập       https://$portal/dang-nhap bằng mã trong $token_file"
  echo "                (CA của bản chạy thử, để trình duyệt tin: $certificates/ca.pem)"
  echo "Lệnh thidua     --tls_ca=$certificates/ca.pem --tls_certificate=$certificates/administrator.pem" \
    "--tls_key=$certificates/administrator.key"
  echo "registry        $THIDUA_REGISTRY"
  echo "results-ingest  $THIDUA_RESULTS"
  echo "scoring         $THIDUA_SCORING"
  echo "Redis           127.0.0.1:$redis_port"
  wait -n "${started[@]}" || true
  fail "a process ended by itself"
fi
