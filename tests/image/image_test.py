"""The image as it is built and as it is run: small, the same again, without a shell, a plain user's, read-only;
and a service in it that answers, drains and keeps to its memory.

    image_test.py BUILD_FOLDER SOURCE_FOLDER

Of binaries that are built already, by the same Dockerfile as any other image. Prints "skipped: …" where there are
no containers to be had.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
TAG = "localhost/thidua:test"
SERVICES = {"registry": ["--listen=127.0.0.1:0"],
            "results-ingest": ["--listen=127.0.0.1:0"],
            "scoring": ["--listen=127.0.0.1:0"],
            "portal": ["--listen=127.0.0.1:0"]}
USER = 10001
# As Kubernetes' profile "restricted" runs it, and more.
RESTRICTED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges",
              "--network=host", "--pids-limit=512", "--tmpfs=/tmp:rw,mode=1777,size=16m"]
MIB = 1024 * 1024
# What is pulled; on the disk of a node.
PULLED_MAX, UNPACKED_MAX = 60_000_000, 80_000_000

BUILD, SOURCE = sys.argv[1:3]


class Containers:
    """buildah and podman with a store of their own, which is gone after the test."""

    def __init__(self):
        # Containers' sockets have short paths.
        self.folder = tempfile.mkdtemp(prefix="thidua-image-")
        storage = os.path.join(self.folder, "storage.conf")
        with open(storage, "w", encoding="utf-8") as out:
            out.write(f'[storage]\ndriver = "overlay"\ngraphroot = "{self.folder}/images"\n'
                      f'runroot = "{self.folder}/run"\n')
        self.environment = dict(os.environ, CONTAINERS_CONF=os.path.join(HERE, "containers.conf"),
                                CONTAINERS_STORAGE_CONF=storage, TMPDIR=self.folder)
        self.started = []

    def run(self, *words, expect=0, timeout=120):
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=timeout,
                              check=False)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def podman(self, *words, **how):
        return self.run("podman", *words, **how)

    def build(self, tag):
        return self.run(os.path.join(SOURCE, "deploy/image/build.sh"), f"--binaries={BUILD}", f"--tag={tag}",
                        timeout=300).stdout.strip()

    def start(self, *words, options=()):
        """A service in a container; returns its name and where it says that it listens."""
        name = f"thidua-{len(self.started)}"
        with open(os.path.join(self.folder, f"{name}.log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen(["podman", "run", "--name", name, *RESTRICTED, *options, TAG, *words],
                                       env=self.environment, text=True, stdout=subprocess.PIPE, stderr=log)
        self.started.append((name, process))
        line = process.stdout.readline()
        if not line.startswith("ready "):
            process.wait(timeout=60)
            return name, None
        return name, line.split()[1]

    def log(self, name):
        with open(os.path.join(self.folder, f"{name}.log"), encoding="utf-8") as log:
            return log.read()

    def state(self, name):
        return json.loads(self.podman("inspect", name).stdout)[0]["State"]

    def remove(self):
        for name, process in self.started:
            self.podman("rm", "--force", "--time=0", name, expect=None)
            process.stdout.close()
            process.wait(timeout=60)
        # Lets go of what is mounted; the driver's own folder may be a mount besides.
        self.run("buildah", "rm", "--all", expect=None)
        # Podman may still be writing down that the last container is gone.
        until = time.monotonic() + 20
        while True:
            self.run("umount", os.path.join(self.folder, "images/overlay"), expect=None)
            try:
                shutil.rmtree(self.folder)
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)


def what_is_missing():
    """Of what containers need; "" when nothing is."""
    for tool in ["buildah", "podman", "runc"]:
        if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None:
            return f"there is no {tool} here: deploy/install.sh image"
    return "" if os.geteuid() == 0 else "who runs this is not root"


def why_they_do_not_run(containers):
    """Containers, whatever is in them; "" when they do."""
    scratch = containers.run("buildah", "from", "scratch", expect=None)
    if scratch.returncode != 0:
        return f"buildah does not work here: {scratch.stderr.strip()[-300:]}"
    # An empty image: all that may be wrong is that there is nothing to run in it. The exit code is the same for more.
    name = scratch.stdout.strip()
    containers.run("buildah", "commit", "--quiet", "--rm", name, "localhost/nothing")
    tried = containers.podman("run", "--rm", *RESTRICTED, "--memory=64m", "localhost/nothing", "nothing", expect=None)
    return "" if '"nothing": executable file not found' in tried.stderr else f"containers do not run here: {tried.stderr.strip()[-300:]}"


def health(address, service=""):
    """grpc.health.v1 over plaintext, by hand: one string there, one number back. Returns the channel and a watch."""
    channel = grpc.insecure_channel(address)
    request = b"\x0a" + bytes([len(service)]) + service.encode() if service else b""
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(request, timeout=60, wait_for_ready=True)
    return channel, watch


SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.containers = Containers()
        cls.addClassCleanup(cls.containers.remove)
        cls.image = cls.containers.build(TAG)
        archive = os.path.join(cls.containers.folder, "image.tar")
        container = cls.containers.podman("create", TAG).stdout.strip()
        cls.containers.podman("export", "--output", archive, container)
        cls.containers.podman("rm", container)
        with tarfile.open(archive) as files:
            cls.files = files.getmembers()
        os.remove(archive)

    def volume(self):
        folder = tempfile.mkdtemp(dir=self.containers.folder)
        os.chown(folder, USER, USER)
        return f"--volume={folder}:/var/lib/thidua"

    def pushed(self, tag):
        """As a registry takes it: its digest, and the bytes of all that is pulled."""
        folder = tempfile.mkdtemp(dir=self.containers.folder)
        digest = os.path.join(folder, "digest")
        self.containers.podman("push", "--quiet", "--compress", "--digestfile", digest, tag, f"dir:{folder}/image")
        with open(digest, encoding="utf-8") as told:
            return told.read(), sum(entry.stat().st_size for entry in os.scandir(f"{folder}/image"))

    def test_it_is_built_again_with_the_same_digest(self):
        self.assertEqual(self.containers.build("localhost/thidua:again"), self.image)
        self.assertEqual(self.pushed(TAG), self.pushed("localhost/thidua:again"))

    def test_it_is_small(self):
        self.assertLess(self.pushed(TAG)[1], PULLED_MAX)
        described = json.loads(self.containers.podman("image", "inspect", TAG).stdout)[0]
        self.assertLess(described["Size"], UNPACKED_MAX)
        self.assertEqual(len(described["RootFS"]["Layers"]), 1)

    def test_it_holds_no_shell_and_nobody_elses_rights(self):
        programs = {entry.name for entry in self.files
                    if entry.isfile() and entry.mode & 0o111 and ".so" not in os.path.basename(entry.name)}
        mine = {f"opt/thidua/bin/{name}" for name in os.listdir(os.path.join(BUILD, "bin"))
                if name == "thidua" or name == "thidua-store" or name[7:] in SERVICES}
        self.assertEqual(programs, mine)
        for entry in self.files:
            self.assertFalse(entry.isfile() and entry.mode & 0o6022, f"{entry.name} {entry.mode:o}")
        self.containers.podman("run", "--rm", TAG, "sh", "-c", "true", expect=127)

    def test_every_binary_finds_its_libraries(self):
        for service in SERVICES:
            told = self.containers.podman("run", "--rm", *RESTRICTED, TAG, f"thidua-{service}", "--help=thidua",
                                          expect=None)
            self.assertIn("Thi Đua", told.stdout + told.stderr)
        self.assertIn("thidua", self.containers.podman("run", "--rm", *RESTRICTED, TAG).stdout)

    def test_it_says_what_of_debian_is_in_it(self):
        names = {entry.name for entry in self.files}
        for package in ["libc6", "libgrpc++1.51", "libssl3", "ca-certificates"]:
            self.assertIn(f"var/lib/dpkg/status.d/{package}", names)
            self.assertIn(f"usr/share/doc/{package}/copyright", names)

    def test_services_answer_health_and_end_with_0_when_they_are_told_to(self):
        full_names = {"registry": "thidua.registry.v1.RegistryService",
                      "results-ingest": "thidua.results.v1.ResultsService"}
        for service, full_name in full_names.items():
            name, address = self.containers.start(f"thidua-{service}", *SERVICES[service], options=[
                self.volume(), "--env=THIDUA_DATA_DIR=/var/lib/thidua", "--memory=256m"])
            self.assertIsNotNone(address, self.containers.log(name))
            live_channel, live = health(address)
            ready_channel, ready = health(address, full_name)
            with live_channel, ready_channel:
                self.assertEqual(next(live), SERVING)
                self.assertEqual(next(ready), SERVING)
                # A plain user's, whatever the image's name for it, with no right beyond that.
                with open(f"/proc/{self.containers.state(name)['Pid']}/status", encoding="utf-8") as status:
                    told = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
                self.assertEqual(told["Uid"].split(), [str(USER)] * 4)
                self.assertEqual(told["NoNewPrivs"], "1")
                for right in ["CapPrm", "CapEff", "CapBnd"]:
                    self.assertEqual(int(told[right], 16), 0)
                self.containers.podman("kill", "--signal=TERM", name)
                # Who watches is told before the line ends.
                self.assertEqual(next(ready), NOT_SERVING)
            self.assertEqual(self.containers.podman("wait", name).stdout.strip(), "0")
            self.assertIn("stopped", self.containers.log(name))

    def test_the_portal_has_its_pages(self):
        name, address = self.containers.start("thidua-portal", *SERVICES["portal"])
        self.assertIsNotNone(address, self.containers.log(name))
        for path, expected in [("/", "<html"), ("/healthz", "ok"), ("/openapi.json", "openapi")]:
            answer = subprocess.run(["curl", "--silent", "--fail", f"http://{address}{path}"], capture_output=True,
                                    text=True, check=True)
            self.assertIn(expected, answer.stdout)
        self.containers.podman("kill", "--signal=TERM", name)
        self.assertEqual(self.containers.podman("wait", name).stdout.strip(), "0")

    def test_nothing_is_written_but_where_it_is_let(self):
        name, address = self.containers.start("thidua-registry", "--listen=127.0.0.1:0", "--data_dir=/opt/thidua")
        self.assertIsNone(address)
        self.assertNotEqual(self.containers.state(name)["ExitCode"], 0)
        self.assertRegex(self.containers.log(name), "Read-only file system|Permission denied")

    def test_memory_beyond_the_limit_ends_it(self):
        # Eight requests at once, each held whole until it is found to be none.
        for limit, held in [("256m", True), ("64m", False)]:
            name, address = self.containers.start("thidua-registry", *SERVICES["registry"], options=[
                self.volume(), "--env=THIDUA_DATA_DIR=/var/lib/thidua", f"--memory={limit}",
                f"--memory-swap={limit}"])
            self.assertIsNotNone(address, self.containers.log(name))
            channels = [grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) for _ in range(8)]
            calls = [channel.unary_unary("/thidua.registry.v1.RegistryService/CreateUnit").future(
                b"\xff" * (15 * MIB), timeout=60, wait_for_ready=True) for channel in channels]
            codes = {call.code() for call in calls}
            for channel in channels:
                channel.close()
            if held:
                self.assertNotIn(grpc.StatusCode.UNAVAILABLE, codes)
                self.assertTrue(self.containers.state(name)["Running"])
            else:
                self.assertIn(grpc.StatusCode.UNAVAILABLE, codes)
                self.assertEqual(self.containers.podman("wait", name).stdout.strip(), "137")


def main():
    why = what_is_missing()
    if not why:
        containers = Containers()
        try:
            why = why_they_do_not_run(containers)
        finally:
            containers.remove()
    if why:
        print(f"skipped: {why}")
    else:
        unittest.main(argv=[sys.argv[0]]+sys.argv[3:], verbosity=2)


if __name__ == "__main__":
    main()
