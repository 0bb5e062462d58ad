"""The suite on a real cluster, as docs/operations/kubernetes.md has it installed: every command of that page is typed as
it stands there, on Kubernetes 1.20 of this machine (kubectl.mjs says what of the manifests is put in the words of that
age), overlay "production": PostgreSQL over TLS, three of scoring, three of Redis with Sentinel.

    cluster_test.py KUBERNETES BUILD_FOLDER SOURCE_FOLDER

KUBERNETES: what kubernetes.sh built. Seen: while everything is rolled to a new image no read fails and no write is
lost; nor is one when pods are killed. Then what alerts.md has typed, the removal, and overlay "single-node". What was
measured is in BUILD_FOLDER/cluster/figures.json. Prints "skipped: …"
where there are no containers to be had. Network policies are not enforced: Debian has no network that does.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import cluster
import load
from cluster import until

KUBERNETES, BUILD, SOURCE = (os.path.abspath(word) for word in sys.argv[1:4])
IMAGE = "registry.example.gov.vn/thidua"
STORES = ["registry", "results-ingest", "scoring"]
SERVICES = ["registry", "results-ingest", "scoring", "portal"]
BEGUN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGUN:5.0f} s] {text}", flush=True)


def page_of(name):
    """Its text, and its blocks of sh by the heading that they stand below."""
    with open(f"{SOURCE}/docs/operations/{name}", encoding="utf-8") as page:
        text = page.read()
    blocks, heading = {}, ""
    for match in re.finditer(r"^## (?P<heading>[^\n]+)$|^(?P<indent> *)```sh\n(?P<block>.*?)^ *```$", text, re.M | re.S):
        if match["heading"]:
            heading = match["heading"]
        else:
            blocks.setdefault(heading, []).append(re.sub(f"^{match['indent']}", "", match["block"], flags=re.M))
    return text, blocks


class Runbook:
    """The page, typed into one shell after the other."""

    def __init__(self, the_cluster, checkout):
        self.cluster, self.checkout, self.typed = the_cluster, checkout, set()
        self.text, self.blocks = page_of("kubernetes.md")
        self.settings = self.blocks[""][0].replace("~/thidua-secrets", f"'{the_cluster.path('secrets')}'")
        assert the_cluster.path("secrets") in self.settings
        self.typed.add(("", 0))

    def type(self, heading, number=0, before="", change=lambda text: text, **how):
        """What its block says, after `before`; returns what it printed."""
        self.typed.add((heading, number))
        text = change(self.blocks[heading][number])
        return self.cluster.run("bash", "-euo", "pipefail", "-c", f"{self.settings}\n{before}\n{text}", cwd=self.checkout,
                                timeout=900, **how)

    def sql(self, heading):
        """Its statements for whoever looks after the databases."""
        block = self.text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0].partition("```sql\n")[2].partition("```")[0]
        return [statement for statement in re.split(r";\s*", block.strip()) if statement]

    def untyped(self):
        return [f"{heading} {number}" for heading, blocks in self.blocks.items() for number in range(len(blocks))
                if (heading, number) not in self.typed]


class Suite:
    def __init__(self):
        self.cluster = cluster.Cluster(KUBERNETES, SOURCE, BUILD)
        # Where an administrator types: a checkout of their own, with what is the site's own in it.
        self.checkout = self.cluster.path("checkout")
        files = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "deploy", "tests/data"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout.rstrip("\0").split("\0")
        for name in files:
            os.makedirs(os.path.dirname(f"{self.checkout}/{name}"), exist_ok=True)
            shutil.copy(f"{SOURCE}/{name}", f"{self.checkout}/{name}")
        self.overlay = f"{self.checkout}/deploy/kubernetes/overlays/production"
        self.runbook = Runbook(self.cluster, self.checkout)
        self.contract = load.Contract(SOURCE)
        self.secrets = self.cluster.path("secrets")
        self.figures, self.newest = {}, "0"

    def edit(self, name, old, new):
        with open(f"{self.overlay}/{name}", encoding="utf-8") as file:
            text = file.read()
        assert old in text, f"{name}: {old}"
        with open(f"{self.overlay}/{name}", "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    # What of a pod's images is looked at, and from where.

    def pods(self, name, ready=True):
        def is_ready(pod):
            return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))
        return [pod for pod in self.cluster.get("pods", f"--selector=app.kubernetes.io/name={name}")["items"]
                if not ready or (is_ready(pod) and "deletionTimestamp" not in pod["metadata"])]

    def portal(self):
        return self.cluster.get("service", "portal")["spec"]["clusterIP"]

    def metrics(self, pod):
        told = self.cluster.run("curl", "--silent", "--fail", "--max-time", "10", f"http://{pod['status']['podIP']}:7190/metrics")
        return dict(line.rsplit(" ", 1) for line in told.splitlines() if line and not line.startswith("#"))

    def memory(self):
        """What each pod's containers take, of what they may (MiB)."""
        found = {}
        stats = json.loads(self.cluster.run(f"{KUBERNETES}/kubectl", "get", "--raw", "/api/v1/nodes/node/proxy/stats/summary"))
        for pod in stats["pods"]:
            for container in pod["containers"]:
                found[f"{pod['podRef']['name']}/{container['name']}"] = container["memory"].get("workingSetBytes", 0) >> 20
        return found

    # In the order of the page.

    def install(self):
        busybox = self.cluster.path("cluster-test")
        os.makedirs(f"{busybox}/cluster-test")
        for tool in ["/bin/busybox", f"{BUILD}/bin/health_probe"]:
            shutil.copy(tool, f"{busybox}/cluster-test")
        self.runbook.type("Image", change=lambda text: text.replace(
            "deploy/image/build.sh", f"deploy/image/build.sh --binaries='{BUILD}'"))
        # Two that differ, each with what the kubelet of that age needs in it.
        self.cluster.image(f"{IMAGE}:2", busybox, 'LABEL roll="2"', base=f"{IMAGE}:1")
        self.cluster.image(f"{IMAGE}:1", busybox, base=f"{IMAGE}:1")
        say("the images are there")

        owners = {"registry": "registry", "results-ingest": "results", "scoring": "scoring"}
        passwords = {owner: os.urandom(12).hex() for owner in owners.values()}
        self.cluster.start_postgresql()
        for statement in self.runbook.sql("Install"):
            self.cluster.psql(re.sub(r"ROLE (\w+) LOGIN PASSWORD '…'",
                                     lambda match: f"ROLE {match[1]} LOGIN PASSWORD '{passwords[match[1]]}'", statement))
        os.makedirs(self.secrets)
        for service, owner in owners.items():
            with open(f"{self.secrets}/{service}-database.password", "w", encoding="utf-8") as out:
                out.write(passwords[owner])
        shutil.copy(f"{self.cluster.path('databases')}/ca.pem", f"{self.secrets}/database-ca.pem")
        self.cluster.make_volume("evidence", 200, "ReadWriteOnce")
        self.backups = self.cluster.make_volume("backups", 100, "ReadWriteMany")
        self.edit("site.env", "192.0.2.10/32", f"{cluster.NODE}/32")
        for number in range(2):
            self.runbook.type("Install", number)
        begun = time.monotonic()
        self.runbook.type("Install", 2)
        self.figures["installed_seconds"] = round(time.monotonic() - begun)
        say("all that the overlay says is rolled out")
        until(lambda: len(self.pods("scoring")) == 3, "three of scoring are ready")
        until(lambda: len(self.pods("redis")) == 3, "three of Redis are ready")
        say("three of scoring, three of Redis")

    def administrator(self, typed, shown=False):
        """What it prints, typed before what the page has the administrator ask; that too, when `shown`."""
        def change(text):
            lines, asked = text.partition("thidua audit")[::2]
            assert asked, text
            return f"{lines}\n{typed}\n{'thidua audit' + asked if shown else ''}"
        return self.runbook.type("Call it as administrator", before="trap 'kill $(jobs -p) || true' EXIT", change=change)

    def load_bloc(self):
        self.administrator(f"thidua load '{self.checkout}/tests/data/khoi-4-2019'")
        until(lambda: load.PERIOD in self.administrator("", shown=True), "the ranking is listed")
        told = self.administrator(f"thidua ranking {load.PERIOD}")
        assert "Sở Lao động" in told, told
        self.runbook.type("Call it as administrator", 1)  # No address here: nobody gives Services of this type one.
        say("Khối thi đua 4 is loaded and ranked")

    def let_others_read(self):
        self.runbook.type("Let other systems read", before="kubectl create namespace cong-dich-vu-cong")
        self.runbook.type("Let other systems read", 1)

    def see_redis(self):
        """As user "reader" of another system, at each of them: nothing older than what was read last by gRPC."""
        with open(f"{self.secrets}/redis-reader.password", encoding="utf-8") as file:
            environment = {**self.cluster.environment, "REDISCLI_AUTH": file.read().strip()}

        def shown():
            found = [subprocess.run(["redis-cli", "-h", pod["status"]["podIP"], "--user", "reader", "--raw", "HGET",
                                     "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang", "revision"], env=environment,
                                    capture_output=True, text=True, check=False).stdout.strip() for pod in self.pods("redis")]
            return len(found) == 3 and len(set(found)) == 1 and found[0] >= self.newest and found[0]
        self.newest = until(shown, "every Redis shows the newest ranking")

    def begin_load(self):
        self.readers = load.Readers(self.contract, f"{cluster.NODE}:53", self.portal(), self.secrets)
        self.writer = load.Writer(self.contract, f"dns://{cluster.NODE}:53/results-ingest.thidua.svc.cluster.local:7102",
                                  self.secrets, figure=1_000_000 * (1 + len(self.figures)))

    def end_load(self, name):
        self.readers.stop()
        self.writer.stop()
        counted = [*self.readers.counted, self.writer.counted]
        for one in counted:
            for fault in one.faults[:5]:
                say(fault)
        self.figures[name] = {one.name: one.figures() for one in counted}
        self.figures[name]["writes"]["longest_wait_ms"] = round(1000 * self.writer.longest_wait)
        say(f"{name}: {json.dumps(self.figures[name])}")
        self.newest = max(self.readers.versions)
        stored = self.writer.stored()
        lost = [figure for revision, figure in self.writer.acknowledged if stored.get(revision) != str(figure)]
        assert not lost, f"{name}: {len(lost)} writes that were answered are lost: {lost[:10]}"
        assert len(self.writer.acknowledged) > 20, f"{name}: the writer hardly wrote"
        # None of those that were asked twice was made twice.
        assert len(set(stored.values())) == len(stored), f"{name}: a write was made twice"

    def roll(self):
        self.begin_load()
        time.sleep(5)  # A figure of how it is before.
        self.edit("kustomization.yaml", 'newTag: "1"', 'newTag: "2"')
        begun = time.monotonic()
        for block in range(len(self.runbook.blocks["Upgrade"])):
            self.runbook.type("Upgrade", block)
        self.runbook.type("Install", 2)
        until(lambda: all(IMAGE + ":2" in json.dumps(pod["status"]["containerStatuses"]) for name in SERVICES
                          for pod in self.pods(name, ready=False)), "nothing of the old image is left")
        self.figures["rolled_seconds"] = round(time.monotonic() - begun)
        time.sleep(5)
        self.end_load("while it was rolled")
        for name, outcomes in [(one.name, one.outcomes) for one in self.readers.counted]:
            assert set(outcomes) == {"OK"}, f"{name} failed while it was rolled: {outcomes}"
        say(f"rolled to a new image in {self.figures['rolled_seconds']} s: no read failed, no write was lost")

    def kill_pods(self):
        self.begin_load()
        for name in ["scoring", "results-ingest", "registry", "redis", "portal"]:
            victim = self.pods(name)[0]["metadata"]["name"]
            wanted = {"results-ingest": 1, "scoring": 3, "redis": 3}.get(name, 2)
            self.cluster.kubectl("delete", "pod", "--namespace=thidua", "--grace-period=0", "--force", victim)
            until(lambda name=name, wanted=wanted: len(self.pods(name)) == wanted, f"{name} is whole again")
            say(f"killed {victim}; {name} is whole again")
        time.sleep(5)
        self.end_load("while pods were killed")
        # Processes too, in the pods that stay: the kubelet starts them again.
        for name in ["results-ingest", "scoring"]:
            pod = self.pods(name)[0]
            before = pod["status"]["containerStatuses"][0]["restartCount"]
            identity = pod["status"]["containerStatuses"][0]["containerID"].rpartition("/")[2]
            self.cluster.run("ctr", "tasks", "kill", "--signal=SIGKILL", identity)
            until(lambda name=name, pod=pod, before=before: any(
                one["metadata"]["name"] == pod["metadata"]["name"] and one["status"]["containerStatuses"][0]["restartCount"] > before
                for one in self.pods(name)), f"{name} was started again in its pod")
            say(f"killed the process of {pod['metadata']['name']}: started again in its pod")

    def read_metrics(self):
        for name in SERVICES:
            for pod in self.pods(name):
                metrics = self.metrics(pod)
                assert any(key.startswith("process_resident_memory_bytes") for key in metrics), name
                self.figures.setdefault("resident_mib", {})[pod["metadata"]["name"]] = round(
                    float(metrics["process_resident_memory_bytes"])) >> 20
        self.figures["memory_mib"] = {name: used for name, used in self.memory().items()}
        say(f"memory in MiB: {self.figures['memory_mib']}")

    def ranked(self):
        """The ranking as it is now, but for when it was computed and of which opening of the store it is."""
        told = self.administrator(f"thidua ranking {load.PERIOD} --json")
        # Beside what the lines through the API server say.
        ranking = json.JSONDecoder().raw_decode(told[told.index("{"):])[0]["ranking"]
        self.newest = ranking["revision"]
        assert ranking["rows"] and ranking["periodVersion"], ranking
        return {key: value for key, value in ranking.items() if key not in ["computeTime", "revision"]}

    def back_up(self):
        self.before = self.ranked()
        self.runbook.type("Back up")
        listed = self.runbook.type("Back up", 1)
        self.backup = {}
        for service in STORES:
            [line] = [line for line in listed.splitlines() if f"  {service}  " in line]
            self.backup[service] = line.rpartition("/")[2]
        elsewhere = self.cluster.path("elsewhere")
        self.runbook.type("Back up", 2, change=lambda text: text.replace("~/thidua-backups", elsewhere))
        for service in STORES:
            self.cluster.run("thidua-store", "verify", os.path.join(elsewhere, service, self.backup[service]))
        # Once more: a second backup of the day is another.
        self.runbook.type("Back up")
        listed = self.runbook.type("Back up", 1)
        assert all(listed.count(f"  {service}  ") == 2 for service in STORES), listed
        say(f"backed up, copied elsewhere, and verified there: {', '.join(self.backup.values())}")

    def restore(self):
        """What was written after the backup is gone, and all else is there."""
        self.administrator(f"""thidua call PutResults '{{"period": "{load.PERIOD}", "rows": [{{"target":
            "{load.PACT}/targets/{load.TARGET}", "actual": {{"value": "7"}}, "correctionReason": "Sau sao lưu"}}]}}'""")
        until(lambda: self.ranked() != self.before, "the ranking is another")
        self.runbook.type("Restore")
        for statement in self.runbook.sql("Restore"):
            self.cluster.psql(statement)
        self.runbook.type("Restore", 1, change=lambda text: re.sub(
            r"\[([\w-]+)\]=backup-[\w-]+-…", lambda match: f"[{match[1]}]={self.backup[match[1]]}",
            text.replace("=()  # In production: ", "=")))
        self.runbook.type("Install", 2)
        until(lambda: len(self.pods("scoring")) == 3, "three of scoring are ready again")
        assert self.ranked() == self.before, (self.ranked(), self.before)
        self.administrator("for service in registry results scoring; do thidua audit verify $service; done")
        self.see_redis()
        say("restored: the ranking is that of the backup, the audit is whole, Redis shows it")

    def rotate(self):
        def serial():
            shown = subprocess.run(["openssl", "s_client", "-connect", f"{self.pods('scoring')[0]['status']['podIP']}:7103"],
                                   input="", capture_output=True, text=True, check=False).stdout
            return subprocess.run(["openssl", "x509", "-noout", "-serial"], input=shown, capture_output=True, text=True,
                                  check=False).stdout
        before = serial()
        assert before
        begun = time.monotonic()
        self.runbook.type("Certificates and passwords")
        until(lambda: serial() not in ["", before], "the new certificate is shown without a restart", 180)
        self.figures["certificate_seconds"] = round(time.monotonic() - begun)
        say(f"a new certificate is shown after {self.figures['certificate_seconds']} s")

    def answer_alerts(self):
        """What a page has typed for each alert: a line that finds nothing says nothing, and no line is wrong."""
        text, blocks = page_of("alerts.md")
        for statement in re.findall(r"```sql\n(.*?)```", text, re.S):
            self.cluster.psql(statement)
        [log] = blocks.pop("")
        lines = [line for found in blocks.values() for block in found for line in block.splitlines()]
        for line in lines:
            done = subprocess.run(["bash", "-c", f"{self.runbook.settings}\n{log}\n{line}"], env=self.cluster.environment,
                                  cwd=self.checkout, capture_output=True, text=True, check=False)
            assert done.returncode in [0, 1] and not done.stderr, f"{line}: {done.returncode}\n{done.stderr}"
        say(f"{len(lines)} lines of alerts.md typed")

    def remove(self):
        self.runbook.type("Remove")
        until(lambda: not any(one["metadata"]["name"] == "thidua" for one in json.loads(self.cluster.run(
            f"{KUBERNETES}/kubectl", "get", "namespaces", "--output=json"))["items"]), "all is removed")
        say("removed")

    def install_on_single_node(self):
        for name in ["registry-data", "scoring-data", "evidence-here", "backups-here"]:
            self.cluster.make_volume(name, 200, "ReadWriteOnce")
        self.runbook.settings += self.runbook.blocks["On a single node"][0]
        self.runbook.typed.add(("On a single node", 0))
        self.cluster.run("/usr/bin/buildah", "tag", f"{IMAGE}:2", "localhost/thidua:1")
        self.runbook.type("On a single node", 1, change=lambda text: text.replace("sudo k3s ctr", "ctr"))
        self.runbook.type("Install")
        self.runbook.type("Install", 2)
        self.load_bloc()
        until(lambda: len(self.pods("redis")) == 1, "Redis is ready")
        self.back_up_single_node()

    def back_up_single_node(self):
        self.runbook.type("Back up")
        listed = self.runbook.type("Back up", 1)
        assert all(listed.count(f"  {service}  ") == 1 for service in STORES), listed
        say("on a single node: installed, Khối 4 ranked, backed up")

    def rebuild_redis(self):
        self.runbook.type("Rebuild Redis")
        self.see_redis()
        say("Redis is new, and filled again")


def main():
    why = cluster.what_is_missing()
    if why:
        print(f"skipped: {why}")
        return
    cluster.enter()
    suite = Suite()
    try:
        suite.cluster.up()
        say("a cluster of one node")
        suite.install()
        suite.load_bloc()
        suite.let_others_read()
        suite.see_redis()
        suite.roll()
        suite.kill_pods()
        suite.see_redis()
        suite.read_metrics()
        suite.back_up()
        suite.rotate()
        suite.restore()
        suite.rebuild_redis()
        suite.answer_alerts()
        suite.remove()
        suite.install_on_single_node()
        left = suite.runbook.untyped()
        assert not left, f"commands of the page that nobody typed: {left}"
    except BaseException:
        logs = os.path.join(BUILD, "cluster/logs")
        shutil.rmtree(logs, ignore_errors=True)
        os.makedirs(logs)
        for name in os.listdir(suite.cluster.folder):
            if name.endswith(".log"):
                shutil.copy(suite.cluster.path(name), logs)
        print(f"failed; the logs are in {logs}", file=sys.stderr)
        raise
    finally:
        os.makedirs(f"{BUILD}/cluster", exist_ok=True)
        with open(f"{BUILD}/cluster/figures.json", "w", encoding="utf-8") as out:
            json.dump(suite.figures, out, indent=2)
    say("all of it held")


main()
