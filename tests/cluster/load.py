"""Load on the suite as other systems of the province make it: reads of one ranking, by gRPC over every replica and over
HTTPS through the portal, and one writer of figures. Everything that is asked is counted with what became of it.
"""

import collections
import http.client
import os
import socket
import ssl
import subprocess
import threading
import time
import uuid

# The one that can be told which name server to ask; looked at when the library is loaded.
os.environ["GRPC_DNS_RESOLVER"] = "ares"
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

GOOGLEAPIS = "/usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis"
PACT = "blocs/khoi-thi-dua-4/pacts/2019"
PERIOD = f"{PACT}/periods/6-thang"
# By which people reach it: it stands in its certificate.
PORTAL = "thidua.example.gov.vn"
TARGET = "giai-quyet-viec-lam"


class Contract:
    """Messages by name, out of the .proto files."""

    def __init__(self, source):
        image = subprocess.run(["protoc", "-I", f"{source}/proto", "-I", GOOGLEAPIS, "--include_imports", "-o", "/dev/stdout",
                                "thidua/scoring/v1/scoring_service.proto", "thidua/results/v1/results_service.proto"],
                               check=True, stdout=subprocess.PIPE).stdout
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(image).file:
            pool.Add(file)
        self.pool, self.factory = pool, message_factory.MessageFactory(pool)

    def message(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def call(self, channel, service, rpc):
        service = f"thidua.{service}"
        package = service.rpartition(".")[0]
        return channel.unary_unary(f"/{service}/{rpc}", self.message(f"{package}.{rpc}Request").SerializeToString,
                                   self.message(f"{package}.{rpc}Response").FromString)


def channel(address, certificates):
    """As the administrator; calls go to each pod in turn."""
    def content(name):
        with open(f"{certificates}/{name}", "rb") as file:
            return file.read()
    return grpc.secure_channel(
        address, grpc.ssl_channel_credentials(content("ca.pem"), content("administrator.key"), content("administrator.pem")),
        # As docs/integration/grpc.md has it.
        [("grpc.service_config", '{"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}}'),
         ("grpc.dns_min_time_between_resolutions_ms", 1000), ("grpc.keepalive_time_ms", 5000),
         ("grpc.keepalive_timeout_ms", 3000), ("grpc.max_reconnect_backoff_ms", 1000)])


class Counted:
    """One kind of asking, again and again until it is told to stop, at most so many times a second."""

    def __init__(self, name, ask, per_second):
        self.name, self.ask, self.pause = name, ask, 1 / per_second
        self.outcomes, self.seconds, self.faults = collections.Counter(), [], []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ended.is_set():
            begun = time.monotonic()
            try:
                self.ask()
                outcome = "OK"
            except grpc.RpcError as error:
                outcome = error.code().name
                self.fault(f"{outcome} {error.details()}")
            except (OSError, http.client.HTTPException) as error:
                outcome = type(error).__name__
                self.fault(f"{outcome} {error}")
            took = time.monotonic() - begun
            self.outcomes[outcome] += 1
            self.seconds.append(took)
            self.ended.wait(max(0, self.pause - took))

    def fault(self, what):
        self.faults.append(f"{time.strftime('%H:%M:%S')} {self.name}: {what[:200]}")

    def stop(self):
        self.ended.set()
        self.thread.join()

    def figures(self):
        ordered = sorted(self.seconds)
        return {"outcomes": dict(self.outcomes), "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
                "p99_ms": round(1000 * ordered[len(ordered) * 99 // 100], 1), "max_ms": round(1000 * ordered[-1], 1)}


class Readers:
    """`name_server`: of the cluster, which knows the pods. `portal`: where its name leads."""

    def __init__(self, contract, name_server, portal, certificates):
        line = channel(f"dns://{name_server}/scoring.thidua.svc.cluster.local:7103", certificates)
        get = contract.call(line, "scoring.v1.ScoringService", "GetRanking")
        request = contract.message("thidua.scoring.v1.GetRankingRequest")(period=PERIOD)
        self.versions = []

        def by_grpc():
            answer = get(request, timeout=5)
            self.versions.append(answer.ranking.revision)

        self.tls = ssl.create_default_context(cafile=f"{certificates}/ca.pem")
        self.portal = portal

        # A line for each, as a load balancer's client has it: one that is told to end is not asked again.
        def by_https():
            line = http.client.HTTPSConnection(PORTAL)
            try:
                line.sock = self.tls.wrap_socket(socket.create_connection((self.portal, 443), timeout=5),
                                                 server_hostname=PORTAL)
                line.request("GET", "/v1/units?page_size=1")
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    raise http.client.HTTPException(f"status {answer.status}")
            finally:
                line.close()

        self.counted = [Counted("reads by gRPC", by_grpc, 100), Counted("reads by HTTPS", by_https, 10)]

    def stop(self):
        for one in self.counted:
            one.stop()


class Writer:
    """Reports another figure again and again, from `figure` on. What was not answered is asked again under its own request id."""

    def __init__(self, contract, address, certificates, figure):
        self.line = channel(address, certificates)
        put = contract.call(self.line, "results.v1.ResultsService", "PutResults")
        self.list_revisions = contract.call(self.line, "results.v1.ResultsService", "ListResultRevisions")
        self.page = contract.message("thidua.results.v1.ListResultRevisionsRequest")
        message = contract.message("thidua.results.v1.PutResultsRequest")
        self.acknowledged, self.figure, self.request, self.longest_wait = [], figure, None, 0.0
        self.first_asked = 0.0

        def write():
            if self.request is None:
                self.figure += 1
                self.request = message(period=PERIOD, request_id=str(uuid.uuid4()))
                row = self.request.rows.add(target=f"{PACT}/targets/{TARGET}", correction_reason="Bổ sung")
                row.actual.value = str(self.figure)
                self.first_asked = time.monotonic()
            answer = put(self.request, timeout=5)
            self.longest_wait = max(self.longest_wait, time.monotonic() - self.first_asked)
            self.acknowledged.append((answer.outcomes[0].revision, self.figure))
            self.request = None

        self.counted = Counted("writes", write, 5)

    def stop(self):
        self.counted.stop()

    def stored(self):
        """Every revision of the result with its figure."""
        found, token = {}, ""
        while True:
            answer = self.list_revisions(self.page(name=f"{PERIOD}/results/{TARGET}", page_size=1000, page_token=token),
                                         timeout=20)
            for result in answer.results:
                found[result.revision] = result.actual.value
            token = answer.next_page_token
            if not token:
                return found
