"""The examples of docs/integration, run as other systems would: against the real services and portal.

    examples_test.py FOLDER_OF_BINARIES SOURCE_FOLDER

What they print is held against what GetRanking says by gRPC; through a write, a service that dies and
returns, a portal that does, and a message that is delivered twice. The documents are checked too:
every path and file that they name exists, and what they tell to type works. (The examples of Redis
are run by services/scoring/redis_readers_test.cc.)
"""

import datetime
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
import uuid

GOOGLEAPIS = "/usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis"
PACT = "blocs/khoi-thi-dua-4/pacts/2019"
PERIOD, YEAR = f"{PACT}/periods/6-thang", f"{PACT}/periods/nam"
TARGET = f"{PACT}/targets/giai-quyet-viec-lam"
RESULT = f"{PERIOD}/results/giai-quyet-viec-lam"
# Of one line that is waited for. Generous: the machine may be busy.
PATIENCE = 60


class Lines:
    """The lines of a stream as they come."""

    def __init__(self, stream):
        self.queue = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        with stream:
            for line in stream:
                self.queue.put(line.rstrip("\n"))
        self.queue.put(None)

    def next(self):
        """None at the end."""
        return self.queue.get(timeout=PATIENCE)

    def until(self, holds):
        """The lines up to the first of which that holds."""
        lines = []
        while True:
            line = self.next()
            if line is None:
                raise AssertionError(f"ended before what was waited for: {lines[-20:]}")
            lines.append(line)
            if holds(line):
                return lines


class Example:
    """A process of docs/integration/examples."""

    def __init__(self, words, **more):
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        **more)
        self.out, self.err = Lines(self.process.stdout), Lines(self.process.stderr)

    def rest(self):
        """What it still prints, until it ends by itself; and with what it ends."""
        lines = []
        while (line := self.out.next()) is not None:
            lines.append(line)
        return lines, self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.out.thread.join()
        self.err.thread.join()


class Service:
    """A service's process, at the same address however often it is started."""

    def __init__(self, binary, folder, *flags):
        self.command = [binary, f"--data_dir={folder}", *flags]
        self.address, self.process = "127.0.0.1:0", None
        self.start()

    def start(self):
        self.process = subprocess.Popen([*self.command, f"--listen={self.address}"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"{self.command[0]} did not start")
        self.address = line.split()[1]

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None


class Suite:
    """Registry, results-ingest, scoring and a portal, with the data of Khối thi đua 4."""

    def __init__(self, binaries, source):
        self.binaries, self.folder = binaries, tempfile.mkdtemp(prefix="thidua-integrators-")
        os.mkdir(os.path.join(self.folder, "web"))
        self.services = []
        self.registry = self.start("registry")
        self.results = self.start("results-ingest", f"--registry={self.registry.address}")
        self.scoring = self.start("scoring", f"--results={self.results.address}")
        self.portal = self.start_portal()
        self.thidua("load", os.path.join(source, "tests/data/khoi-4-2019"))

    def start(self, name, *flags):
        folder = os.path.join(self.folder, f"{name}-{len(self.services)}")
        service = Service(os.path.join(self.binaries, f"thidua-{name}"), folder, *flags)
        self.services.append(service)
        return service

    def start_portal(self, web="web"):
        return self.start("portal", f"--registry={self.registry.address}",
                          f"--results={self.results.address}", f"--scoring={self.scoring.address}",
                          f"--web_dir={self.folder}/{web}")

    def environment(self):
        """What the command is told by."""
        return {**os.environ, "THIDUA_REGISTRY": self.registry.address,
                "THIDUA_RESULTS": self.results.address, "THIDUA_SCORING": self.scoring.address}

    def thidua(self, *words):
        return subprocess.run([os.path.join(self.binaries, "thidua"), *words], check=True, text=True,
                              env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=PATIENCE).stdout

    def call(self, rpc, **request):
        """By gRPC."""
        return json.loads(self.thidua("call", rpc, json.dumps(request)))

    def close(self):
        for service in reversed(self.services):
            service.kill()
        shutil.rmtree(self.folder)


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        binaries, cls.source = ARGUMENTS
        cls.suite = Suite(binaries, cls.source)
        cls.addClassCleanup(cls.suite.close)
        cls.figure = 17900

    def setUp(self):
        # Whatever a test that failed has left behind.
        for service in self.suite.services:
            if service.process is None:
                service.start()
        # Until all have found each other again.
        reader = self.rest("rest.py", "0")
        reader.out.until(lambda line: line.endswith(" PROVISIONAL"))
        reader.close()

    @property
    def url(self):
        return f"http://{self.suite.portal.address}"

    def example(self, name, *words, **more):
        interpreter = {"py": ["/usr/bin/python3", "-u"], "php": ["php"], "js": ["node"]}
        path = os.path.join(self.source, "docs/integration/examples", name)
        example = Example([*interpreter[name.rpartition(".")[2]], path, *words], **more)
        self.addCleanup(example.close)
        return example

    def rest(self, name, *words, period="6-thang", portal=""):
        return self.example(name, portal or self.url, "khoi-thi-dua-4/2019", period, *words)

    def grpc(self, *words, period="6-thang"):
        return self.example("grpc_ranking.py", self.suite.scoring.address,
                            f"{self.source}/proto:{GOOGLEAPIS}", "khoi-thi-dua-4/2019", period, *words)

    def report(self):
        """Stores another figure; the token of that write."""
        type(self).figure += 1
        answer = self.suite.call("PutResults", period=PERIOD, rows=[
            {"target": TARGET, "actual": {"value": str(self.figure)}, "correctionReason": "Bổ sung"}])
        self.assertEqual(answer["outcomes"][0]["kind"], "KIND_UPDATED")
        return answer["freshnessToken"]

    def printed(self, token="", period=PERIOD, stale=False):
        """The lines for the ranking as gRPC tells it."""
        answer = self.suite.call("GetRanking", period=period, freshnessToken=token)
        ranking = answer["ranking"]
        heading = (f"{ranking['blocDisplayName']}, {ranking['periodDisplayName']}: {ranking['revision']}"
                   f" {ranking['state'].removeprefix('STATE_')}{' stale' if stale else ''}")
        return [heading] + [f"{row.get('rank', 0) or '-'}. {row['unitDisplayName']}: {row['total']}"
                            for row in ranking["rows"]]

    def expect(self, example, lines):
        self.assertEqual([example.out.next() for _ in lines], lines)

    def expect_soon(self, example, lines):
        """Passed over is what may be printed before."""
        example.out.until(lambda line: line == lines[0])
        self.expect(example, lines[1:])

    def test_rest_prints_the_ranking_and_asks_for_what_changed_only(self):
        for name in ("rest.py", "rest.php"):
            with self.subTest(name):
                token = self.report()
                self.assertEqual(self.rest(name, "2", token).rest(), (self.printed(token) + ["unchanged"], 0))
                self.assertEqual(self.rest(name, period="nam").rest(), (self.printed(period=YEAR), 0))

    def test_rest_is_never_older_than_the_write_whose_token_it_has(self):
        for name in ("rest.py", "rest.php"):
            for _ in range(5):
                with self.subTest(name):
                    token = self.report()
                    lines, code = self.rest(name, "1", token).rest()
                    self.assertEqual((lines, code), (self.printed(token), 0))

    def test_rest_says_why_it_is_refused(self):
        for name in ("rest.py", "rest.php"):
            with self.subTest(name):
                example = self.rest(name, period="khong-co")
                self.assertEqual(example.rest(), ([], 1))
                self.assertRegex(example.err.next(), "^404 PERIOD_UNKNOWN: Không có kỳ báo cáo")

    def test_rest_shows_what_is_stale_while_scoring_is_away_and_goes_on_after(self):
        for name in ("rest.py", "rest.php"):
            with self.subTest(name):
                fresh, stale = self.printed(self.report()), self.printed(stale=True)
                example = self.rest(name, "0")
                self.expect_soon(example, fresh)
                self.suite.scoring.kill()
                self.expect_soon(example, stale)
                example.out.until(lambda line: line == "unchanged")
                self.suite.scoring.start()
                self.expect_soon(example, fresh)
                token = self.report()
                self.expect_soon(example, self.printed(token))

    def test_rest_waits_for_a_portal_that_knows_nothing_yet(self):
        token = self.report()
        self.suite.scoring.kill()
        portal = self.suite.start_portal()
        examples = [self.rest(name, portal=f"http://{portal.address}") for name in ("rest.py", "rest.php")]
        for example in examples:
            example.err.until(lambda line: line == "HTTP 503; again in 1 s")
        self.suite.scoring.start()
        for example in examples:
            self.assertEqual(example.rest(), (self.printed(token), 0))

    def test_a_503_says_when_to_ask_again(self):
        self.suite.scoring.kill()
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{self.url}/v1/rankings")
        self.assertEqual((refused.exception.code, refused.exception.headers["Retry-After"]), (503, "1"))
        refused.exception.close()

    def test_a_final_is_not_stale_while_results_ingest_is_away(self):
        self.suite.call("PutResults", period=YEAR, rows=[{"target": TARGET, "actual": {"value": "35100"}}])
        final = self.suite.call("FinaliseRanking", period=YEAR, reason="Tổng kết", authority="QĐ 1")
        lines, code = self.rest("rest.py", "1", final["freshnessToken"], period="nam").rest()
        self.assertEqual((lines[0].split()[-1], code), ("FINAL", 0))
        # By then the portal knows that results-ingest is away.
        provisional = self.rest("rest.py", "0")
        provisional.out.next()
        self.suite.results.kill()
        provisional.out.until(lambda line: line.endswith(" PROVISIONAL stale"))
        self.assertEqual(self.rest("rest.py", period="nam").rest(), (self.printed(period=YEAR), 0))
        self.suite.results.start()
        provisional.out.until(lambda line: line.endswith(" PROVISIONAL"))
        self.suite.call("RevokeFinal", period=YEAR, revision=final["ranking"]["revision"],
                        reason="Thử", authority="QĐ 2")

    def test_rest_keeps_what_it_has_while_the_portal_is_away(self):
        examples = [self.rest(name, "0") for name in ("rest.py", "rest.php")]
        before = self.printed()
        for example in examples:
            self.expect_soon(example, before)
        self.suite.portal.kill()
        for example in examples:
            held = example.out.until(lambda line: "shown is what held at" in line)
            self.assertEqual(set(held[:-1]) - {"unchanged"}, set())
        token = self.report()
        self.suite.portal.start()
        for example in examples:
            self.expect_soon(example, self.printed(token))

    def test_events_tell_what_changes_across_every_kill(self):
        for name in ("events.py", "events.js"):
            with self.subTest(name):
                example = self.example(name, self.url, f"{PACT}/periods/-")
                lines = example.out.until(lambda line: line == "whole: 2 rankings")
                self.assertCountEqual(lines[:-1], self.printed() + self.printed(period=YEAR))
                self.expect(example, self.printed(self.report()))

                # The portal: gone on from the last event, nothing is told twice.
                self.suite.portal.kill()
                example.err.until(lambda line: line.endswith("again in 2 s"))
                token = self.report()
                self.suite.portal.start()
                self.expect(example, self.printed(token))

                # Scoring: it is another process that tells, from the start; nothing is shown twice.
                self.suite.scoring.kill()
                example.err.until(lambda line: line.endswith("again in 2 s"))
                token = self.report()
                self.suite.scoring.start()
                lines = example.out.until(lambda line: line == "whole: 2 rankings")
                told = [line for line in lines if "stale" not in line]
                self.assertEqual(told[0], "restart")
                # It may first tell what it remembers, which is shown already, then what it missed.
                self.assertEqual(told[1:-1], self.printed(token))

                # results-ingest: what is shown may have been overtaken.
                self.suite.results.kill()
                example.out.until(lambda line: line.startswith("stale: "))
                self.suite.results.start()
                example.out.until(lambda line: line == "not stale")
                example.close()

    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_events_reach_a_browser_again_after_it_gave_up(self):
        """The lines of events.md, on a page in Chromium."""
        with open(os.path.join(self.source, "docs/integration/events.md"), encoding="utf-8") as file:
            lines = re.search(r"^```js\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)[1]
        web = os.path.join(self.suite.folder, "page")
        os.mkdir(web)
        with open(os.path.join(web, "watch.js"), "w", encoding="utf-8") as file:
            file.write(lines + """
watchRankings('/v1/rankings:watch?periods=PERIOD', (name, data) => {
  if (name !== 'bookmark') console.log(`told ${name} ${data.ranking?.ranking.revision ?? ''};`);
});""".replace("PERIOD", PERIOD))
        with open(os.path.join(web, "index.html"), "w", encoding="utf-8") as file:
            file.write('<!doctype html><title>Xếp hạng</title><script src="/watch.js"></script>')
        portal = self.suite.start_portal("page")
        browser = Example(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                           "--disable-dev-shm-usage", f"--user-data-dir={self.suite.folder}/chromium",
                           "--enable-logging=stderr", "--remote-debugging-port=0",
                           f"http://{portal.address}/"])
        self.addCleanup(browser.close)

        def await_told(name, token=""):
            revision = ""
            if name == "ranking":
                revision = self.suite.call("GetRanking", period=PERIOD,
                                           freshnessToken=token)["ranking"]["revision"]
            browser.err.until(lambda line: f'"told {name} {revision};"' in line)

        await_told("ranking")
        await_told("snapshotEnd")
        await_told("ranking", self.report())
        # EventSource comes back by itself, every two seconds, until it is told more than an error.
        self.suite.scoring.kill()
        token = self.report()
        self.suite.scoring.start()
        await_told("restart")
        await_told("ranking", token)

    def test_events_of_no_pattern_are_refused(self):
        for name in ("events.py", "events.js"):
            with self.subTest(name):
                example = self.example(name, self.url, "khoi-thi-dua-4")
                self.assertEqual(example.rest(), ([], 1))
                self.assertRegex(example.err.next(), "^400 “khoi-thi-dua-4” không chỉ ra được kỳ nào")

    def test_grpc_prints_the_ranking_and_what_changes_across_a_kill(self):
        token = self.report()
        self.assertEqual(self.grpc("0", token).rest(), (self.printed(token), 0))
        refused = self.grpc(period="khong-co")
        self.assertEqual(refused.rest(), ([], 1))
        self.assertRegex(refused.err.next(), "^NOT_FOUND PERIOD_UNKNOWN: Không có kỳ báo cáo")

        example = self.grpc("4")
        self.expect(example, self.printed())
        lines = example.out.until(lambda line: line == "whole: 2 rankings")
        self.assertCountEqual(lines[:-1], self.printed() + self.printed(period=YEAR))
        self.expect(example, self.printed(self.report()))
        self.suite.scoring.kill()
        example.err.until(lambda line: line.startswith("UNAVAILABLE"))
        late = self.grpc()
        late.err.until(lambda line: line.startswith("UNAVAILABLE") and line.endswith("again"))
        token = self.report()
        self.suite.scoring.start()
        # The fourth ranking: with it the example ends.
        self.assertEqual(example.rest(), (self.printed(token), 0))
        self.assertEqual(late.rest()[1], 0)

    def envelope(self, rows, **more):
        return {"id": str(uuid.uuid4()), "sender": "H33.so-ldtbxh", "receiver": "H33.thi-dua",
                "sentAt": datetime.datetime.now(datetime.timezone.utc).isoformat(),
                "type": "thidua.results.put", "body": {"period": PERIOD, "rows": rows}, **more}

    def row(self, **more):
        type(self).figure += 1
        return {"ref": "A1", "unit": "Sở LĐ-TB&XH", "target": "Giải quyết việc làm",
                "figure": str(self.figure), "correctionReason": "Số liệu chốt", **more}

    def deliver(self, envelope, *words):
        path = os.path.join(self.suite.folder, "envelope.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(envelope, file)
        with open(path, encoding="utf-8") as file:
            return self.example("lgsp_envelope.py", self.url, *words, stdin=file)

    def reply(self, envelope):
        lines, code = self.deliver(envelope).rest()
        self.assertEqual(code, 0)
        return json.loads("\n".join(lines))

    def revisions(self):
        return self.suite.call("ListResultRevisions", name=RESULT)["results"]

    def test_an_envelope_delivered_twice_is_stored_once(self):
        self.report()
        before = len(self.revisions())
        sent = self.envelope([self.row(), self.row(ref="A2", unit="Sở Y tế", target="Việc không có")])
        first, again = self.reply(sent), self.reply(sent)
        self.assertEqual(first["inReplyTo"], sent["id"])
        self.assertEqual((first["id"], first["body"]), (again["id"], again["body"]))
        self.assertEqual([(row["ref"], row["outcome"]) for row in first["body"]["rows"]],
                         [("A1", "CORRECTED"), ("A2", "REJECTED")])
        self.assertEqual([(f["row"], f["field"], f["reason"]) for f in first["body"]["rows"][1]["faults"]],
                         [(1, "target", "TARGET_UNKNOWN")])
        self.assertEqual(len(self.revisions()), before + 1)

        # What it answers is the token of a write as any other.
        token = first["body"]["freshnessToken"]
        self.assertEqual(self.rest("rest.py", "1", token).rest(), (self.printed(token), 0))

        # The same id of another sender is another message, the same figure no new revision.
        other = self.reply({**sent, "sender": "H33.so-khac"})
        self.assertEqual(other["body"]["rows"][0]["outcome"], "UNCHANGED")
        # The same id of the same sender with something else in it is none.
        forged = self.reply({**sent, "body": {"period": PERIOD, "rows": [self.row()]}})
        self.assertEqual((forged["body"]["taken"], forged["body"]["reason"]), (False, "REQUEST_ID_REUSED"))
        self.assertEqual(len(self.revisions()), before + 1)

    def test_an_envelope_that_finds_nobody_is_delivered_again_and_stored_once(self):
        self.report()
        before = len(self.revisions())
        sent = self.envelope([self.row()])
        self.suite.results.kill()
        impatient = self.deliver(sent, "0")
        self.assertEqual(impatient.rest(), ([], 75))
        self.assertRegex(impatient.err.next(), "^not known whether it is stored: HTTP 503")
        patient = self.deliver(sent)
        patient.err.until(lambda line: line == "HTTP 503; again in 1 s")
        self.suite.results.start()
        lines, code = patient.rest()
        self.assertEqual(code, 0)
        # The answer is lost, results-ingest dies once more: it still knows the message.
        self.suite.results.kill()
        self.suite.results.start()
        self.assertEqual(self.reply(sent)["body"], json.loads("\n".join(lines))["body"])
        self.assertEqual(len(self.revisions()), before + 1)

    def test_an_envelope_that_is_refused_says_why(self):
        row = self.row()
        month = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=30)
        for reason, sent in (
                ("ENVELOPE_INVALID", self.envelope([row], sender="")),
                ("ENVELOPE_INVALID", self.envelope([row], body={"period": "../x:seal", "rows": [row]})),
                ("ENVELOPE_INVALID", self.envelope([row], sentAt="hôm qua")),
                ("TYPE_UNKNOWN", self.envelope([row], type="khac")),
                ("TOO_OLD", self.envelope([row], sentAt=month.isoformat())),
                ("PERIOD_UNKNOWN", self.envelope(
                    [row], body={"period": f"{PACT}/periods/khong-co", "rows": [row]})),
                ("VALUE_INVALID", self.envelope([{**row, "figure": [1]}])),
                ("PACT_UNKNOWN", self.envelope(
                    [row], body={"period": "blocs/khong-co/pacts/2019/periods/nam", "rows": [row]}))):
            with self.subTest(reason=reason, sent=sent):
                body = self.reply(sent)["body"]
                self.assertEqual((body["taken"], body["reason"]), (False, reason))
                self.assertTrue(body["message"])

    # The documents.

    def documents(self):
        folder = os.path.join(self.source, "docs/integration")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".md"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    yield os.path.join(folder, name), file.read()

    def test_every_file_that_a_document_names_is_there(self):
        for path, text in self.documents():
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                with self.subTest(document=path, link=link):
                    self.assertTrue(os.path.exists(os.path.join(os.path.dirname(path), link)))
        named = "".join(text for _, text in self.documents())
        for example in os.listdir(os.path.join(self.source, "docs/integration/examples")):
            self.assertIn(f"(examples/{example})", named)

    def test_every_path_that_a_document_names_is_in_the_openapi_document(self):
        contract = os.path.join(self.source, "docs/integration/openapi.json")
        if not os.path.exists(contract):
            self.skipTest("no openapi.json")
        with open(contract, encoding="utf-8") as file:
            patterns = [re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/:]+", re.escape(path)))
                        for path in json.load(file)["paths"]]
        for document, text in self.documents():
            for path in re.findall(r"(?<![\w./])/(?:files/)?v1/[^\s`\"'?)|<]+", text.replace("$PORTAL", "")):
                with self.subTest(document=document, path=path):
                    self.assertTrue(any(pattern.fullmatch(path) for pattern in patterns))

    def test_what_a_document_tells_to_type_works(self):
        environment = {**self.suite.environment(), "PORTAL": self.url,
                       "SCORING": self.suite.scoring.address}
        environment["PATH"] = f"{self.suite.binaries}:{environment['PATH']}"
        blocks = [(path, block) for path, text in self.documents()
                  for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
        self.assertTrue(blocks)
        for path, block in blocks:
            with self.subTest(document=path, block=block):
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], env=environment, text=True,
                                      cwd=self.source, capture_output=True, timeout=PATIENCE)
                self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    ARGUMENTS = (os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
