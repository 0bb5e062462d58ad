"""Every RPC of the registry, called from outside by a client that shares no code with the suite.

    registry_test.py BINARY PROTO_FOLDER [DATABASE_URL | postgresql]

"postgresql" is a PostgreSQL that is started for the test and gone after it; nothing is SQLite.
The client knows the contract only: it compiles the .proto files and speaks JSON forms of their
messages. The tests tell one story, in the order of their names.
"""

import base64
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SERVICE = "thidua.registry.v1.RegistryService"
BLOC, PACT = "blocs/khoi-4", "blocs/khoi-4/pacts/2025"


class Refused(Exception):
    """An answer other than OK, with its google.rpc details."""

    def __init__(self, error, contract):
        super().__init__(error.details())
        self.code = error.code()
        self.reason, self.fields, self.sentence = "", [], ""
        status = dict(error.trailing_metadata()).get("grpc-status-details-bin")
        details = contract.message("google.rpc.Status").FromString(status)
        for detail in details.details:
            name = detail.type_url.rpartition("/")[2]
            message = contract.message(name).FromString(detail.value)
            if name == "google.rpc.ErrorInfo":
                self.reason = message.reason
            elif name == "google.rpc.BadRequest":
                self.fields = [v.field for v in message.field_violations]
            elif name == "google.rpc.LocalizedMessage":
                self.sentence = message.message


class Contract:
    """The messages and methods of the .proto files."""

    def __init__(self, proto_folder, scratch):
        # google.rpc.Status and its details are known to every gRPC installation; ours brings ErrorInfo.
        google = "/usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis"
        image = os.path.join(scratch, "contract.binpb")
        subprocess.run(
            ["protoc", "-I", proto_folder, "-I", google, "--include_imports", "-o", image,
             "thidua/registry/v1/registry_service.proto", "google/rpc/error_info.proto",
             "google/rpc/error_details.proto", "google/rpc/status.proto"],
            check=True, cwd=proto_folder)
        pool = descriptor_pool.DescriptorPool()
        with open(image, "rb") as file:
            for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
                pool.Add(proto)
        self._pool = pool
        self._factory = message_factory.MessageFactory(pool)
        self.methods = pool.FindServiceByName(SERVICE).methods_by_name

    def message(self, name):
        return self._factory.GetPrototype(self._pool.FindMessageTypeByName(name))

    def prototypes(self, method):
        descriptor = self.methods[method]
        return (self._factory.GetPrototype(descriptor.input_type),
                self._factory.GetPrototype(descriptor.output_type))


class Postgresql:
    """A server in a folder of its own, spoken to by a socket there: no port is taken."""

    BINARIES = "/usr/lib/postgresql/15/bin"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="thidua-contract-pg-")
        self.user = {}
        if os.geteuid() == 0:  # It refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C",
                 "--no-sync")
        # "-w": until it answers.
        self.run("pg_ctl", "-D", data, "-w", "-l", os.path.join(self.folder, "log"), "-o",
                 f"-k {self.folder} -c listen_addresses=", "start")
        self.url = f"postgresql:///postgres?user=postgres&host={self.folder}"

    def run(self, program, *words):
        subprocess.run([os.path.join(self.BINARIES, program), *words], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, **self.user)

    def close(self):
        self.run("pg_ctl", "-D", os.path.join(self.folder, "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder)


class Registry:
    """The running service, and what was asked of it."""

    def __init__(self, binary, proto_folder, database, contract=None):
        self.folder = tempfile.mkdtemp(prefix="thidua-contract-")
        self.contract = contract or Contract(proto_folder, self.folder)
        self.command = [binary, "--listen=127.0.0.1:0", f"--data_dir={self.folder}"]
        if database:
            self.command.append(f"--database={database}")
        self.called = set()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError("the registry did not start")
        self.channel = grpc.insecure_channel(
            line.split()[1], options=[("grpc.max_receive_message_length", 64 << 20)])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.channel.close()

    def close(self):
        self.kill()
        shutil.rmtree(self.folder)

    def call(self, method, **request):
        """The answer to a request given in JSON's form, in JSON's form."""
        asked, answered = self.contract.prototypes(method)
        stub = self.channel.unary_unary(f"/{SERVICE}/{method}", asked.SerializeToString,
                                        answered.FromString)
        try:
            answer = stub(json_format.ParseDict(request, asked()), timeout=20)
        except grpc.RpcError as error:
            raise Refused(error, self.contract) from None
        self.called.add(method)
        return json_format.MessageToDict(answer)

    def watch(self, **request):
        asked, answered = self.contract.prototypes("Watch")
        stub = self.channel.unary_stream(f"/{SERVICE}/Watch", asked.SerializeToString,
                                         answered.FromString)
        stream = stub(json_format.ParseDict(request, asked()), timeout=60)
        self.called.add("Watch")
        return stream


def unit(slug, name, kind="KIND_DEPARTMENT", **more):
    return {"name": f"units/{slug}", "displayName": name, "kind": kind, **more}


def target(slug, owner, name, value, **more):
    return {"name": f"{PACT}/targets/{slug}", "unit": f"units/{owner}",
            "criterionId": "noi-dung-1", "displayName": name, "measure": "lượt",
            "value": {"text": value}, **more}


SCHEME = {
    "displayName": "Thang điểm năm 2025", "validFrom": "2025-01-01", "validUntil": "2025-12-31",
    "contents": [{
        "criterionId": "noi-dung-1", "displayName": "Nội dung 1", "maxPoints": "650",
        "targets": {"lowerIsBetter": "LOWER_IS_BETTER_TARGET_OVER_ACTUAL"}}],
}


class RegistryStory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.binary, cls.proto_folder, cls.database = ARGUMENTS
        cls.postgresql = None
        if cls.database == "postgresql":
            cls.postgresql = Postgresql()
            cls.addClassCleanup(cls.postgresql.close)
            cls.database = cls.postgresql.url
        cls.registry = Registry(cls.binary, cls.proto_folder, cls.database)
        cls.addClassCleanup(cls.registry.close)

    def call(self, method, **request):
        return self.registry.call(method, **request)

    def refused(self, method, **request):
        with self.assertRaises(Refused) as caught:
            self.call(method, **request)
        self.assertNotEqual(caught.exception.sentence, "", "an official gets a sentence")
        return caught.exception

    def test_01_units_are_registered_one_by_one_and_by_the_thousand(self):
        self.call("CreateUnit", unit=unit("so-ldtbxh", "Sở Lao động - Thương binh và Xã hội",
                                          shortName="Sở LĐTBXH"), requestId="mot")
        again = self.call("CreateUnit", unit=unit("so-ldtbxh", "Sở Lao động - Thương binh và Xã hội",
                                                  shortName="Sở LĐTBXH"), requestId="mot")
        self.assertEqual(again["unit"]["version"], "1", "the first reply again")
        refused = self.refused("CreateUnit", unit=unit("so-khac", "Sở Khác"), requestId="mot")
        self.assertEqual(refused.reason, "REQUEST_ID_REUSED")

        units = [unit("so-noi-vu", "Sở Nội vụ"), unit("so-y-te", "Sở Y tế"),
                 unit("so-khcn", "Sở Khoa học và Công nghệ"),
                 unit("so-tttt", "Sở Thông tin và Truyền thông"),
                 unit("ban-dan-toc", "Ban Dân tộc", "KIND_BOARD")]
        self.assertEqual(len(self.call("BatchCreateUnits", units=units)["etags"]), 5)
        refused = self.refused("BatchCreateUnits",
                               units=[unit("so-moi", "Sở Mới"), unit("so-y-te", "Sở Y tế")])
        self.assertEqual(refused.code, grpc.StatusCode.ALREADY_EXISTS)
        self.assertEqual(refused.fields, ["units[1].name"])
        self.assertEqual(self.refused("GetUnit", name="units/so-moi").reason, "UNIT_UNKNOWN",
                         "all or none")

    def test_02_a_unit_is_corrected_as_it_was_last_seen(self):
        seen = self.call("GetUnit", name="units/so-y-te")["unit"]
        change = unit("so-y-te", "", aliases=[{"text": "Ngành Y tế"}], etag=seen["etag"])
        del change["displayName"], change["kind"]
        changed = self.call("UpdateUnit", unit=change, updateMask="aliases")["unit"]
        self.assertEqual(changed["displayName"], "Sở Y tế")
        self.assertEqual(changed["version"], "2")
        refused = self.refused("UpdateUnit", unit=change, updateMask="aliases")
        self.assertEqual((refused.code, refused.reason),
                         (grpc.StatusCode.ABORTED, "ETAG_MISMATCH"))
        refused = self.refused("UpdateUnit", unit=change, updateMask="namings")
        self.assertEqual((refused.reason, refused.fields), ("FIELD_NOT_MUTABLE", ["update_mask"]))

    def test_03_a_unit_is_found_by_what_documents_call_it(self):
        for text in ("Sở Lao động – TB&XH", "sở lđtbxh", "so lao dong thuong binh va xa hoi"):
            found = self.call("ResolveUnit", text=text)
            self.assertEqual(found["unit"]["name"], "units/so-ldtbxh", text)
        self.assertNotIn("unit", self.call("ResolveUnit", text="Sở Không Có"))

    def test_04_lists_are_filtered_and_their_pages_show_one_state(self):
        first = self.call("ListUnits", pageSize=2, kind="KIND_DEPARTMENT")
        self.call("CreateUnit", unit=unit("so-xen-vao", "Sở Xen Vào"))
        names, token = [u["name"] for u in first["units"]], first["nextPageToken"]
        while token:
            page = self.call("ListUnits", pageSize=2, kind="KIND_DEPARTMENT", pageToken=token)
            names += [u["name"] for u in page["units"]]
            token = page.get("nextPageToken", "")
        self.assertEqual(names, ["units/so-khcn", "units/so-ldtbxh", "units/so-noi-vu",
                                 "units/so-tttt", "units/so-y-te"])
        refused = self.refused("ListUnits", pageSize=2, kind="KIND_BOARD",
                               pageToken=first["nextPageToken"])
        self.assertEqual(refused.reason, "PAGE_TOKEN_UNKNOWN")

    def test_05_blocs_have_members_and_roles_by_dates(self):
        members = ["so-ldtbxh", "so-noi-vu", "so-y-te", "so-khcn", "so-tttt", "ban-dan-toc"]
        bloc = {"name": BLOC, "displayName": "Khối thi đua 4", "province": "Tỉnh Kiên Giang",
                "memberships": [{"unit": f"units/{u}", "validFrom": "2019-01-01"}
                                for u in members],
                "roles": [{"kind": "KIND_LEADER", "unit": "units/so-ldtbxh",
                           "validFrom": "2025-01-01", "validUntil": "2025-12-31"},
                          {"kind": "KIND_WATCHER", "official": "Bà Trần Thị B",
                           "validFrom": "2025-01-01"}]}
        self.call("CreateBloc", bloc=bloc)
        taken = {"name": "blocs/khoi-5", "displayName": "Khối thi đua 5",
                 "memberships": [{"unit": "units/so-y-te", "validFrom": "2024-01-01"}]}
        self.assertEqual(self.refused("BatchCreateBlocs", blocs=[taken]).reason,
                         "UNIT_IN_ANOTHER_BLOC")
        del taken["memberships"]
        self.call("BatchCreateBlocs", blocs=[taken])
        self.call("UpdateBloc", bloc={"name": "blocs/khoi-5", "displayName": "Khối thi đua số 5"})
        rotated = self.call("RotateRoles", bloc=BLOC, effectiveOn="2026-01-01",
                            leader="units/so-y-te", deputies=["units/so-khcn"])["bloc"]
        self.assertEqual(len(rotated["roles"]), 4)
        on = {day: {m["unit"]: m["role"] for m in
                    self.call("GetBloc", name=BLOC, asOf=day)["members"]}
              for day in ("2025-06-30", "2026-06-30")}
        self.assertEqual(on["2025-06-30"]["units/so-ldtbxh"], "ROLE_LEADER")
        self.assertEqual(on["2026-06-30"]["units/so-ldtbxh"], "ROLE_MEMBER")
        self.assertEqual(on["2026-06-30"]["units/so-y-te"], "ROLE_LEADER")
        listed = self.call("ListBlocs", unit="units/so-y-te", asOf="2025-06-30")["blocs"]
        self.assertEqual([b["name"] for b in listed], [BLOC])

    def test_06_a_scheme_is_drafted_validated_and_published(self):
        wrong = json.loads(json.dumps(SCHEME))
        wrong["contents"][0]["children"] = [
            {"criterionId": "a", "displayName": "A", "maxPoints": "1", "assessed": {}}]
        faults = self.call("ValidateScheme", scheme=wrong)["faults"]
        self.assertIn("CHILDREN_DO_NOT_ADD_UP", [f["reason"] for f in faults])
        draft = self.call("PutSchemeDraft", schemeId="khoi-2025", scheme=wrong)
        self.assertTrue(draft["faults"])
        self.assertEqual(self.refused("PublishScheme", schemeId="khoi-2025").code,
                         grpc.StatusCode.INVALID_ARGUMENT)
        self.call("PutSchemeDraft", schemeId="khoi-2025", scheme=SCHEME,
                  etag=draft["draft"]["etag"])
        kept = self.call("GetSchemeDraft", name="schemes/khoi-2025/draft")["draft"]
        self.assertEqual(kept["scheme"]["displayName"], SCHEME["displayName"])
        published = self.call("PublishScheme", schemeId="khoi-2025", etag=kept["etag"])["scheme"]
        self.assertEqual(published["name"], "schemes/khoi-2025/versions/1")
        self.assertEqual(self.call("GetScheme", name=published["name"])["scheme"], published)
        listed = self.call("ListSchemes", schemeId="khoi-2025", validOn="2025-06-30")["schemes"]
        self.assertEqual([s["name"] for s in listed], [published["name"]])

    def test_07_a_pact_is_drawn_up_registered_and_signed_by_all(self):
        periods = [{"periodId": "6-thang", "displayName": "6 tháng đầu năm 2025",
                    "kind": "KIND_MID_YEAR", "opensOn": "2025-06-15", "dueOn": "2025-07-05",
                    "closesOn": "2025-07-15"}]
        pact = self.call("CreatePact", pact={"name": PACT, "periods": periods,
                                             "scheme": "schemes/khoi-2025/versions/1"},
                         asOf="2025-01-15")["pact"]
        self.assertEqual(len(pact["members"]), 6)
        self.assertEqual(pact["periods"][0]["pacePercent"], "50")
        registered = self.call("RegisterTargets", pact=PACT, targets=[
            target("viec-lam", "so-ldtbxh", "Giải quyết việc làm", "35.000",
                   functionId="lao-dong", baseline={"text": "34.100"},
                   evidenceRule="EVIDENCE_RULE_REQUIRED"),
            target("bao-tro", "so-ldtbxh", "Bảo trợ xã hội", "1.000", functionId="bao-tro"),
            target("kham-benh", "so-y-te", "Lượt khám bệnh", "90.000",
                   pace=[{"month": 6, "percent": "40"}, {"month": 12, "percent": "100"}]),
            target("nham", "so-y-te", "Nhầm", "1")])
        self.assertEqual(registered["targets"][0]["value"]["value"], "35000")
        self.call("WithdrawTargets", pact=PACT, targets=[f"{PACT}/targets/nham"])
        pact = self.call("GetPact", name=PACT)["pact"]
        for member in pact["members"]:
            answer = self.call("SignPact", pact=PACT, unit=member["unit"], digest=pact["digest"])
        self.assertEqual(answer["state"], "STATE_IN_FORCE")
        refused = self.refused("RegisterTargets", pact=PACT,
                               targets=[target("muon", "so-y-te", "Muộn", "1")])
        self.assertEqual(refused.reason, "PACT_IN_FORCE")
        listed = self.call("ListPacts", bloc=BLOC, year=2025, state="STATE_IN_FORCE")["pacts"]
        self.assertEqual([p["name"] for p in listed], [PACT])
        granted = self.call("GrantPeriodException", pact=PACT, exception={
            "periodId": "6-thang", "unit": "units/so-y-te", "openUntil": "2025-07-31",
            "reason": "Mưa bão"})["pact"]
        self.assertEqual(granted["digest"], pact["digest"], "what was signed did not change")

    def test_08_a_signed_pact_is_amended_by_the_signatures_of_all(self):
        amendment = {"reason": "Điều chỉnh theo chỉ tiêu Trung ương giao",
                     "document": "Phụ lục 01", "voidTargets": [],
                     "putTargets": [target("viec-lam", "so-ldtbxh", "Giải quyết việc làm",
                                           "36.000", functionId="lao-dong")]}
        self.call("AmendPact", pact=PACT, amendment=amendment)
        self.assertEqual(self.refused("AmendPact", pact=PACT, amendment=amendment).reason,
                         "AMENDMENT_PENDING")
        self.call("WithdrawAmendment", pact=PACT)
        proposed = self.call("AmendPact", pact=PACT, amendment=amendment)["pact"]
        self.assertEqual(proposed["targets"][0]["value"]["value"], "35000", "not yet")
        digest = proposed["proposedAmendment"]["digest"]
        for member in proposed["members"]:
            self.call("SignPact", pact=PACT, unit=member["unit"], digest=digest)
        now = self.call("GetPact", name=PACT)["pact"]
        self.assertEqual((now["edition"], now["targets"][0]["value"]["value"], now["digest"]),
                         (2, "36000", digest))
        before = self.call("GetPact", name=PACT, edition=1)["pact"]
        self.assertEqual(before["targets"][0]["value"]["value"], "35000")
        self.assertEqual(len(before["signatures"]), 6)

    def test_09_a_merger_tells_its_effect_and_then_takes_it(self):
        merger = {
            "name": "reorganisations/2025-noi-vu", "kind": "KIND_MERGE",
            "effectiveOn": "2025-02-24", "decisionNumber": "Nghị quyết 02/NQ-HĐND",
            "sources": ["units/so-ldtbxh", "units/so-noi-vu"],
            "successors": [{"unit": "units/so-noi-vu-2025", "newUnit": unit(
                "so-noi-vu-2025", "Sở Nội vụ")}]}
        would = self.call("RecordReorganisation", reorganisation=merger, validateOnly=True)
        self.assertNotIn("freshnessToken", would)
        self.refused("GetUnit", name="units/so-noi-vu-2025")
        effect = self.call("RecordReorganisation", reorganisation=merger)["effect"]
        self.assertEqual(effect, would["effect"])
        changes = {u["unit"]: u["change"] for u in effect["units"]}
        self.assertEqual(changes, {"units/so-noi-vu-2025": "CHANGE_ESTABLISHED",
                                   "units/so-ldtbxh": "CHANGE_ENDED",
                                   "units/so-noi-vu": "CHANGE_ENDED"})
        self.assertEqual({r["change"] for r in effect["roles"]}, {"CHANGE_PASSES"})
        pact = effect["pacts"][0]
        self.assertEqual(pact["change"], "CHANGE_AMENDMENT_PROPOSED")
        self.assertEqual({t["results"] for t in pact["targets"]}, {"RESULTS_CARRY"})

        for day, name in (("2025-02-23", "units/so-noi-vu"), ("2025-02-24", "units/so-noi-vu-2025")):
            self.assertEqual(self.call("ResolveUnit", text="Sở Nội vụ", asOf=day)["unit"]["name"],
                             name, day)
        proposed = self.call("GetPact", name=PACT)["pact"]["proposedAmendment"]
        members = {"units/so-noi-vu-2025", "units/so-y-te", "units/so-khcn", "units/so-tttt",
                   "units/ban-dan-toc"}
        for member in members:
            self.call("SignPact", pact=PACT, unit=member, digest=proposed["digest"])
        now = self.call("GetPact", name=PACT)["pact"]
        self.assertEqual({m["unit"] for m in now["members"]}, members)
        self.assertEqual(now["edition"], 3)
        self.assertEqual(now["targets"][0]["unit"], "units/so-noi-vu-2025")

        one = self.call("GetReorganisation", name=merger["name"])["reorganisation"]
        listed = self.call("ListReorganisations", unit="units/so-ldtbxh")["reorganisations"]
        self.assertEqual(listed, [one])
        lineage = self.call("GetUnit", name="units/so-ldtbxh", asOf="2026-01-01")
        self.assertEqual(lineage["unit"]["state"], "STATE_ENDED")
        self.assertEqual(lineage["reorganisations"], [one])

    def test_10_changes_are_listed_without_a_gap_and_watched_across_a_kill(self):
        changes, token = [], ""
        while True:
            page = self.call("ListChanges", pageSize=7, pageToken=token)
            changes += page["changes"]
            token = page.get("nextPageToken", "")
            if not token:
                break
        numbers = [int(c["sequence"]) for c in changes]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        of_pact = [int(c["version"]) for c in changes if c["resource"] == PACT]
        self.assertEqual(of_pact, list(range(1, len(of_pact) + 1)))

        stream, snapshot = self.registry.watch(collections=["COLLECTION_UNITS"]), []
        for event in stream:
            if event.WhichOneof("event") == "snapshot_end":
                break
            snapshot.append(event.unit.name)
        self.assertEqual(len(snapshot), len(set(snapshot)))
        self.assertIn("units/so-noi-vu-2025", snapshot)
        # A change while the stream is open arrives by itself.
        late = threading.Thread(target=self.call, args=("CreateUnit",),
                                kwargs={"unit": unit("so-den-sau", "Sở Đến Sau")})
        late.start()
        for event in stream:
            if event.WhichOneof("event") == "unit":
                break
        late.join()
        self.assertEqual(event.unit.name, "units/so-den-sau")
        resume = event.resume_token
        self.registry.kill()
        with self.assertRaises(grpc.RpcError):
            for event in stream:
                pass
        self.registry.start()
        # The store was opened again: what the token says is known no more (a backup may be back).
        with self.assertRaises(grpc.RpcError) as lost:
            next(self.registry.watch(resumeToken=resume, collections=["COLLECTION_UNITS"]))
        self.assertEqual(lost.exception.code(), grpc.StatusCode.OUT_OF_RANGE)
        again = set()
        for event in self.registry.watch(collections=["COLLECTION_UNITS"]):
            if event.WhichOneof("event") == "snapshot_end":
                break
            again.add(event.unit.name)
        self.assertEqual(again, set(snapshot) | {"units/so-den-sau"})

    def test_11_a_pact_of_12_units_and_400_targets_registers_in_one_call(self):
        self.call("BatchCreateUnits", units=[unit(f"xa-{i}", f"Xã số {i}", "KIND_COMMUNE")
                                             for i in range(12)])
        self.call("CreateBloc", bloc={
            "name": "blocs/cum-xa", "displayName": "Cụm thi đua các xã",
            "memberships": [{"unit": f"units/xa-{i}"} for i in range(12)]})
        name = "blocs/cum-xa/pacts/2025"
        self.call("CreatePact", pact={"name": name, "scheme": "schemes/khoi-2025/versions/1",
                                      "periods": [{"periodId": "nam", "displayName": "Năm 2025",
                                                   "kind": "KIND_YEAR", "opensOn": "2025-12-01"}]})
        targets = [{"name": f"{name}/targets/ct-{i}", "unit": f"units/xa-{i % 12}",
                    "criterionId": "noi-dung-1", "displayName": f"Chỉ tiêu {i}",
                    "value": {"value": str(i + 1)}} for i in range(400)]
        self.assertEqual(len(self.call("RegisterTargets", pact=name, targets=targets)["targets"]),
                         400)

    def test_12_a_department_is_split_over_four_bodies(self):
        bloc, pact = "blocs/khoi-tach", "blocs/khoi-tach/pacts/2025"
        members = ["so-ld-x", "so-nv-x", "so-gd-x", "so-yt-x"]
        # The police compete elsewhere.
        self.call("BatchCreateUnits", units=[unit(u, f"Đơn vị {u}") for u in members + ["ca-x"]])
        self.call("CreateBloc", bloc={
            "name": bloc, "displayName": "Khối thi đua tách",
            "memberships": [{"unit": f"units/{u}"} for u in members],
            "roles": [{"kind": "KIND_LEADER", "unit": "units/so-ld-x"}]})
        self.call("CreatePact", pact={"name": pact, "scheme": "schemes/khoi-2025/versions/1",
                                      "periods": [{"periodId": "nam", "displayName": "Năm 2025",
                                                   "kind": "KIND_YEAR", "opensOn": "2025-12-01"}]},
                  asOf="2025-01-15")

        def of(slug, owner, function="", name=""):
            return {"name": f"{pact}/targets/{slug}", "unit": f"units/{owner}",
                    "criterionId": "noi-dung-1", "displayName": name or slug,
                    "value": {"value": "10"}, "functionId": function}
        self.call("RegisterTargets", pact=pact, targets=[
            of("viec-lam", "so-ld-x", "lao-dong"), of("day-nghe", "so-ld-x", "day-nghe"),
            of("tre-em", "so-ld-x", "tre-em"), of("cai-nghien", "so-ld-x", "te-nan"),
            of("van-ban", "so-ld-x", "", "Ban hành văn bản"),
            of("van-ban-nv", "so-nv-x", "", "Ban hành văn bản"),
            of("kham", "so-yt-x")])
        signed = self.call("GetPact", name=pact)["pact"]
        for member in members:
            self.call("SignPact", pact=pact, unit=f"units/{member}", digest=signed["digest"])

        takers = {"lao-dong": "so-nv-x", "day-nghe": "so-gd-x", "tre-em": "so-yt-x",
                  "te-nan": "ca-x"}
        split = {"name": "reorganisations/tach-ld", "kind": "KIND_SPLIT",
                 "effectiveOn": "2025-03-01", "decisionNumber": "Nghị quyết 05/NQ-HĐND",
                 "sources": ["units/so-ld-x"],
                 "successors": [{"unit": f"units/{u}"} for u in takers.values()],
                 "transfers": [{"functionId": f, "functionDisplayName": f, "from": "units/so-ld-x",
                                "to": f"units/{u}"} for f, u in takers.items()]}
        refused = self.refused("RecordReorganisation", reorganisation=split)
        self.assertEqual((refused.code, refused.reason, refused.fields),
                         (grpc.StatusCode.FAILED_PRECONDITION, "FUNCTION_UNDECIDED",
                          ["reorganisation.transfers"]))
        self.assertIn("Ban hành văn bản", refused.sentence)
        split["remainderTo"] = "units/so-nv-x"
        effect = self.call("RecordReorganisation", reorganisation=split)["effect"]
        self.assertEqual({u["unit"]: u["change"] for u in effect["units"]},
                         {"units/so-ld-x": "CHANGE_ENDED", "units/so-nv-x": "CHANGE_CONTINUES",
                          "units/so-gd-x": "CHANGE_CONTINUES", "units/so-yt-x": "CHANGE_CONTINUES",
                          "units/ca-x": "CHANGE_CONTINUES"})
        self.assertEqual([r["change"] for r in effect["roles"]], ["CHANGE_FALLS_VACANT"])
        self.assertEqual(
            {t["target"].rpartition("/")[2]: (t["results"], t["toUnit"])
             for t in effect["pacts"][0]["targets"]},
            {"viec-lam": ("RESULTS_CARRY", "units/so-nv-x"),
             "day-nghe": ("RESULTS_CARRY", "units/so-gd-x"),
             "tre-em": ("RESULTS_CARRY", "units/so-yt-x"),
             "cai-nghien": ("RESULTS_LEAVE", "units/ca-x"),
             "van-ban": ("RESULTS_SUM", "units/so-nv-x")})

        held = self.call("GetPact", name=pact)["pact"]
        self.assertEqual(len(held["members"]), 4, "what was signed holds until all have signed")
        digest = held["proposedAmendment"]["digest"]
        refused = self.refused("SignPact", pact=pact, unit="units/so-ld-x", digest=digest)
        self.assertEqual(refused.reason, "UNIT_NOT_A_MEMBER")
        for member in members[1:]:
            self.call("SignPact", pact=pact, unit=f"units/{member}", digest=digest)
        now = self.call("GetPact", name=pact)["pact"]
        self.assertEqual((now["edition"], [m["unit"] for m in now["members"]]),
                         (2, [f"units/{u}" for u in members[1:]]))
        targets = {t["name"].rpartition("/")[2]: t for t in now["targets"]}
        self.assertEqual({slug for slug, t in targets.items() if t.get("voided")},
                         {"cai-nghien", "van-ban"})
        self.assertEqual(targets["van-ban-nv"]["value"]["value"], "20")

    def test_13_what_is_refused_says_why_and_where(self):
        gone = {"name": "blocs/khoi-sau", "displayName": "Khối sau",
                "memberships": [{"unit": "units/so-noi-vu", "validFrom": "2026-01-01"}]}
        other_scheme = {"name": "blocs/khoi-5/pacts/2025", "scheme": "schemes/khong-co/versions/1"}
        draft, in_force = "blocs/cum-xa/pacts/2025", "blocs/khoi-tach/pacts/2025"
        same = next(t for t in self.call("GetPact", name=in_force)["pact"]["targets"]
                    if t["name"].endswith("/kham"))
        amendment = {"reason": "Điều chỉnh", "document": "Phụ lục 02", "putTargets": [same]}
        token = self.call("ListUnits", pageSize=1)["nextPageToken"]
        kept = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).rpartition(b"\n")[0]
        forged = base64.urlsafe_b64encode(kept + b"\n\xff").decode().rstrip("=")
        for method, request, code, reason, fields in (
                ("GetUnit", {"name": "so-y-te"}, "INVALID_ARGUMENT", "RESOURCE_NAME_INVALID",
                 ["name"]),
                ("GetUnit", {"name": "units/so-y-te", "asOf": "mai"}, "INVALID_ARGUMENT",
                 "DATE_UNREADABLE", ["as_of"]),
                ("CreateUnit", {"unit": unit("so-y-te", "Sở Y tế")}, "ALREADY_EXISTS",
                 "UNIT_EXISTS", ["unit.name"]),
                ("CreateUnit", {"unit": {"name": "units/so-moi"}}, "INVALID_ARGUMENT", "REQUIRED",
                 ["unit.display_name", "unit.kind"]),
                ("ListUnits", {"pageSize": -1}, "INVALID_ARGUMENT", "OUT_OF_RANGE", ["page_size"]),
                ("ListUnits", {"pageToken": forged}, "INVALID_ARGUMENT", "PAGE_TOKEN_UNKNOWN",
                 ["page_token"]),
                ("ListUnits", {"bloc": "blocs/khong-co"}, "NOT_FOUND", "BLOC_UNKNOWN", ["bloc"]),
                ("ResolveUnit", {}, "INVALID_ARGUMENT", "REQUIRED", ["text"]),
                ("GetBloc", {"name": "blocs/khong-co"}, "NOT_FOUND", "BLOC_UNKNOWN", ["name"]),
                ("CreateBloc", {"bloc": gone}, "INVALID_ARGUMENT", "UNIT_NOT_ACTIVE",
                 ["bloc.memberships[0].unit"]),
                ("RotateRoles", {"bloc": BLOC, "effectiveOn": "2026-06-01",
                                 "leader": "units/so-noi-vu"}, "INVALID_ARGUMENT",
                 "UNIT_NOT_A_MEMBER", ["leader"]),
                ("GetScheme", {"name": "schemes/khong-co/versions/1"}, "NOT_FOUND",
                 "SCHEME_UNKNOWN", ["name"]),
                ("PublishScheme", {"schemeId": "khong-co"}, "NOT_FOUND", "DRAFT_UNKNOWN",
                 ["scheme"]),
                ("CreatePact", {"pact": {"name": PACT}}, "ALREADY_EXISTS", "PACT_EXISTS",
                 ["pact.name"]),
                ("CreatePact", {"pact": other_scheme}, "INVALID_ARGUMENT", "SCHEME_UNKNOWN",
                 ["pact.scheme"]),
                ("GetPact", {"name": PACT, "edition": 99}, "NOT_FOUND", "EDITION_UNKNOWN",
                 ["edition"]),
                ("SignPact", {"pact": PACT, "unit": "units/so-y-te", "digest": "v1:cu"}, "ABORTED",
                 "PACT_CHANGED", ["digest"]),
                ("AmendPact", {"pact": draft, "amendment": amendment}, "FAILED_PRECONDITION",
                 "PACT_NOT_IN_FORCE", []),
                ("AmendPact", {"pact": in_force, "amendment": amendment}, "INVALID_ARGUMENT",
                 "AMENDMENT_EMPTY", ["amendment"]),
                ("WithdrawAmendment", {"pact": in_force}, "FAILED_PRECONDITION", "NO_AMENDMENT",
                 []),
                ("GrantPeriodException", {"pact": PACT, "exception": {
                    "periodId": "quy-9", "openUntil": "2025-12-31", "reason": "Bão"}},
                 "INVALID_ARGUMENT", "PERIOD_UNKNOWN", ["exception.period_id"]),
                ("GetReorganisation", {"name": "reorganisations/khong-co"}, "NOT_FOUND",
                 "REORGANISATION_UNKNOWN", ["name"]),
                ("ListChanges", {"resource": "rác"}, "INVALID_ARGUMENT", "RESOURCE_NAME_INVALID",
                 ["resource"])):
            with self.subTest(method=method, request=request):
                refused = self.refused(method, **request)
                self.assertEqual((refused.code.name, refused.reason, refused.fields),
                                 (code, reason, fields))

    def test_14_a_second_process_is_seen_or_refused(self):
        if not self.database:
            beside = subprocess.run(self.registry.command, capture_output=True, text=True)
            self.assertEqual(beside.returncode, 1)
            self.assertIn("in use", beside.stderr)
            return
        stream = self.registry.watch(collections=["COLLECTION_UNITS"])
        for event in stream:
            if event.WhichOneof("event") == "snapshot_end":
                break
        beside = Registry(self.binary, self.proto_folder, self.database, self.registry.contract)
        self.addCleanup(beside.close)
        beside.call("CreateUnit", unit=unit("so-ben-canh", "Sở Bên Cạnh"))
        for event in stream:
            if event.WhichOneof("event") == "unit":
                break
        self.assertEqual(event.unit.name, "units/so-ben-canh")
        self.call("GetUnit", name="units/so-ben-canh")
        stream.cancel()

    def test_15_every_rpc_of_the_contract_was_called(self):
        self.assertEqual(self.registry.called, set(self.registry.contract.methods))


if __name__ == "__main__":
    ARGUMENTS = (sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
    unittest.main(argv=sys.argv[:1], failfast=True)
