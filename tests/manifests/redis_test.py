"""Three servers and three sentinels as production starts them: by its own start.sh, with the users and passwords that
secrets.sh makes. A master that dies is followed by another, and one that comes back empty joins that.

    redis_test.py SOURCE_FOLDER

Addresses of loopback stand for the names of pods, and free ports for Redis's own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import redis

SOURCE = sys.argv[1]
KUBERNETES = os.path.join(SOURCE, "deploy/kubernetes")
KEY = "thidua:pub:v1:ranking:{khoi-4/2025}:nam"
PATIENCE = 60


def free_port(hosts):
    """One that is free on all of them, for it has to be the same."""
    while True:
        sockets = [socket.socket() for _ in hosts]
        try:
            sockets[0].bind((hosts[0], 0))
            port = sockets[0].getsockname()[1]
            for one, host in list(zip(sockets, hosts))[1:]:
                one.bind((host, port))
            return port
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()


class RedisTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="thidua-redis-")
        self.addCleanup(shutil.rmtree, self.folder)
        secrets = os.path.join(self.folder, "secrets")
        subprocess.run([os.path.join(KUBERNETES, "secrets.sh"), secrets], check=True)
        # As the Secrets redis-users and redis-passwords are mounted.
        self.etc = os.path.join(self.folder, "etc")
        os.makedirs(os.path.join(self.etc, "users"))
        os.makedirs(os.path.join(self.etc, "passwords"))
        shutil.copy(os.path.join(secrets, "redis-users.acl"), os.path.join(self.etc, "users/users.acl"))
        self.passwords = {}
        for user in ["scoring", "reader", "replica", "sentinel"]:
            with open(os.path.join(secrets, f"redis-{user}.password"), encoding="utf-8") as file:
                self.passwords[user] = file.read().strip()
        for user in ["replica", "sentinel"]:
            shutil.copy(os.path.join(secrets, f"redis-{user}.password"), os.path.join(self.etc, "passwords", user))
        self.pods = ["127.0.0.11", "127.0.0.12", "127.0.0.13"]
        self.port = free_port(self.pods)
        self.sentinel_port = free_port(self.pods)
        self.started = {}
        self.addCleanup(lambda: [self.kill(pod) for pod in list(self.started)])
        self.begun = 0

    def start(self, pod):
        """Both containers of a pod, with nothing kept of what ran there before."""
        for role in ["redis", "sentinel"]:
            self.begun += 1
            folder = os.path.join(self.folder, f"data-{self.begun}")
            os.mkdir(folder)
            environment = dict(os.environ, POD_NAME=pod, PEERS=" ".join(self.pods), FOLDER=folder, ETC=self.etc, BIND=pod,
                               PORT=str(self.port), SENTINEL_PORT=str(self.sentinel_port), DOWN_AFTER_MS="60000",
                               FAILOVER_TIMEOUT_MS="3000")
            with open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
                self.started.setdefault(pod, []).append(subprocess.Popen(
                    ["sh", os.path.join(KUBERNETES, "overlays/production/redis/start.sh"), role], env=environment,
                    stdout=log, stderr=log))
            self.until(lambda: self.answers(pod, self.port if role == "redis" else self.sentinel_port))

    def kill(self, pod):
        for process in self.started.pop(pod):
            process.send_signal(signal.SIGKILL)
            process.wait()

    def answers(self, pod, port):
        """As the probes ask, who have no password."""
        told = subprocess.run(["redis-cli", "-h", pod, "-p", str(port), "ping"], capture_output=True, text=True, check=False)
        return "PONG" in told.stdout or "NOAUTH" in told.stdout

    def line(self, pod, user):
        return redis.Redis(host=pod, port=self.port, username=user, password=self.passwords[user], decode_responses=True)

    def sentinel(self, pod):
        return redis.Redis(host=pod, port=self.sentinel_port, decode_responses=True)

    def give_up_after(self, milliseconds):
        """How long a server may be silent. None is for a minute but one that is dead."""
        for pod in self.started:
            self.sentinel(pod).execute_command("SENTINEL", "SET", "thidua",
                                               "down-after-milliseconds", milliseconds)

    def role(self, pod):
        return self.line(pod, "sentinel").execute_command("ROLE")

    def until(self, holds):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if holds():
                    return
            except redis.exceptions.RedisError:
                pass
            self.assertLess(time.monotonic(), end, "it did not come to that")
            time.sleep(0.05)

    def agreed(self, master):
        """Every sentinel that runs names it, and knows the other two sentinels and replicas."""
        for pod in self.started:
            words = self.sentinel(pod).execute_command("SENTINEL", "MASTER", "thidua")
            told = dict(zip(words[::2], words[1::2]))
            if (told["ip"], told["num-other-sentinels"], told["num-slaves"]) != (master, "2", "2"):
                return False
        return True

    def test_a_master_that_dies_is_followed_by_another(self):
        for pod in self.pods:
            self.start(pod)
        first = self.pods[0]
        self.until(lambda: self.agreed(first) and len(self.role(first)[2]) == 2)
        self.line(first, "scoring").hset(KEY, "revision", "1")
        for pod in self.pods:
            self.until(lambda pod=pod: self.line(pod, "reader").hget(KEY, "revision") == "1")
        with self.assertRaises(redis.exceptions.NoPermissionError):
            self.line(first, "reader").hset(KEY, "revision", "2")

        switched = self.sentinel(self.pods[1]).pubsub(ignore_subscribe_messages=True)
        switched.subscribe("+switch-master")
        switched.get_message(timeout=PATIENCE)
        self.kill(first)
        self.give_up_after(1000)
        told = None
        while told is None:
            told = switched.get_message(timeout=PATIENCE)
        self.give_up_after(60000)
        second = told["data"].split()[3]
        self.assertIn(second, self.pods[1:])
        self.until(lambda: self.role(second)[0] == "master")
        self.assertEqual(self.line(second, "reader").hget(KEY, "revision"), "1")

        # Empty, as a pod that was made anew, and first among the names: the others' word counts.
        self.line(second, "scoring").hset(KEY, "revision", "2")
        self.start(first)
        self.until(lambda: self.line(first, "reader").hget(KEY, "revision") == "2")
        self.assertEqual(self.role(first)[0], "slave")
        self.until(lambda: self.agreed(second))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
