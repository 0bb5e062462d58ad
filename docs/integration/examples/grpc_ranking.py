#!/usr/bin/python3
"""Prints a ranking by gRPC, then every ranking that changes.

    grpc_ranking.py HOST:PORT PROTO_FOLDERS BLOC/YEAR PERIOD [CHANGES [FRESHNESS_TOKEN]]

HOST:PORT is that of scoring. PROTO_FOLDERS ("proto:googleapis"): where the contracts are, and
google/api and google/rpc, on which they build. CHANGES (0): after how many told rankings it ends. With
the FRESHNESS_TOKEN that a write answered, the ranking is not older than that write.
Debian: python3-grpcio, protobuf-compiler; golang-github-grpc-ecosystem-grpc-gateway-dev has googleapis
in /usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis.
"""
import subprocess
import sys
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "thidua.scoring.v1.ScoringService"
PATIENCE = 10


class Contract:
    """Messages by name, out of the .proto files. Whoever generates code has these as classes."""

    def __init__(self, folders):
        includes = [word for folder in folders for word in ("-I", folder)]
        image = subprocess.run(
            ["protoc", *includes, "--include_imports", "-o", "/dev/stdout",
             "thidua/scoring/v1/scoring_service.proto", "google/rpc/error_info.proto",
             "google/rpc/error_details.proto", "google/rpc/status.proto"],
            check=True, stdout=subprocess.PIPE).stdout
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(image).file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)

    def message(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))


class Refusal:
    """What an answer other than OK says: a reason for programs, a sentence for people."""

    def __init__(self, contract, error):
        self.code, self.reason, self.sentence, self.retry_seconds = error.code(), "", error.details(), 1
        # Absent where nobody of the suite answered: the line broke, the address is wrong.
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        for detail in contract.message("google.rpc.Status").FromString(details).details:
            name = detail.type_url.rpartition("/")[2]
            message = contract.message(name).FromString(detail.value)
            if name == "google.rpc.ErrorInfo":
                self.reason = message.reason
            elif name == "google.rpc.LocalizedMessage":
                self.sentence = message.message
            elif name == "google.rpc.RetryInfo":
                self.retry_seconds = message.retry_delay.ToTimedelta().total_seconds()

    def __str__(self):
        return f"{self.code.name} {self.reason}: {self.sentence}"


class Scoring:
    def __init__(self, address, contract):
        self.contract = contract
        # A dead line is found out within seconds, and a service that is back within one.
        channel = grpc.insecure_channel(address, options=[
            ("grpc.keepalive_time_ms", 10000), ("grpc.keepalive_timeout_ms", 5000),
            ("grpc.max_reconnect_backoff_ms", 1000)])
        self.request = {name: contract.message(f"thidua.scoring.v1.{name}Request")
                        for name in ("GetRanking", "WatchRankings")}
        self.get_ranking = channel.unary_unary(
            f"/{SERVICE}/GetRanking", self.request["GetRanking"].SerializeToString,
            contract.message("thidua.scoring.v1.GetRankingResponse").FromString)
        self.watch_rankings = channel.unary_stream(
            f"/{SERVICE}/WatchRankings", self.request["WatchRankings"].SerializeToString,
            contract.message("thidua.scoring.v1.WatchRankingsResponse").FromString)

    def read(self, period, freshness_token):
        """GetRanking; waits for who is away."""
        request = self.request["GetRanking"](period=period, freshness_token=freshness_token)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.get_ranking(request, timeout=10)  # Always a deadline.
            except grpc.RpcError as error:
                refusal = Refusal(self.contract, error)
                away = refusal.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
                if not away or time.monotonic() + refusal.retry_seconds > until:
                    sys.exit(str(refusal))
            print(f"{refusal}; again", file=sys.stderr, flush=True)
            time.sleep(refusal.retry_seconds)

    def watch(self):
        """Every event, of one stream after the other; None where the present state begins anew."""
        token = ""
        yield None
        while True:
            try:
                # No deadline: it goes on for ever, with a bookmark each second.
                for event in self.watch_rankings(self.request["WatchRankings"](resume_token=token)):
                    token = event.resume_token
                    yield event
                refusal = None
            except grpc.RpcError as error:
                refusal = Refusal(self.contract, error)
            if refusal is not None and refusal.code == grpc.StatusCode.OUT_OF_RANGE:
                token = ""  # Of another process: scoring was restarted, or is another replica.
                yield None
                continue
            if refusal is not None and refusal.code not in (
                    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED,
                    grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL):
                sys.exit(str(refusal))
            print(f"{refusal or 'the stream ended'}; again", file=sys.stderr, flush=True)
            time.sleep(refusal.retry_seconds if refusal else 1)


def show(ranking, state_names, stale=False):
    print(f"{ranking.bloc_display_name}, {ranking.period_display_name}: {ranking.revision}"
          f" {state_names[ranking.state].removeprefix('STATE_')}{' stale' if stale else ''}")
    for row in ranking.rows:
        place = row.rank or "-"
        print(f"{place}. {row.unit_display_name}: {row.total}")


def follow(scoring, state_names, changes):
    shown, told, whole = {}, set(), False
    for event in scoring.watch():
        if event is None:
            told, whole = set(), False
            continue
        kind = event.WhichOneof("event")
        if kind == "ranking":
            ranking = event.ranking.ranking
            told.add(ranking.name)
            if ranking.revision > shown.get(ranking.name, ""):  # It may be told again.
                shown[ranking.name] = ranking.revision
                show(ranking, state_names)
                changes -= 1
        elif kind == "removed" and shown.pop(f"{event.removed}/ranking", None):
            print(f"{event.removed}/ranking: gone")
        elif kind in ("snapshot_end", "bookmark") and not whole and not event.stale:
            for gone in set(shown) - told:  # What the present state does not hold.
                print(f"{gone}: gone")
                del shown[gone]
            whole = True
            print(f"whole: {len(shown)} rankings")
        sys.stdout.flush()
        if changes == 0:
            return


def main():
    contract = Contract(sys.argv[2].split(":"))
    scoring = Scoring(sys.argv[1], contract)
    (bloc, year), period = sys.argv[3].split("/"), sys.argv[4]
    changes = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    token = sys.argv[6] if len(sys.argv) > 6 else ""
    state_names = {value.number: value.name for value in contract.pool.FindEnumTypeByName(
        "thidua.scoring.v1.Ranking.State").values}
    answer = scoring.read(f"blocs/{bloc}/pacts/{year}/periods/{period}", token)
    show(answer.ranking, state_names, answer.stale)
    sys.stdout.flush()
    if changes:
        follow(scoring, state_names, changes)


main()
