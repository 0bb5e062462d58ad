"""A Kubernetes of one machine for a test: etcd, the servers, containerd, a kubelet, names and a PostgreSQL, in name spaces
of their own (network, mounts, processes), which end with the test and leave the machine as it was.

Before any of it, the process enters them by enter(). All listen in a network that reaches nobody.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

NODE = "10.244.0.1"
CGROUPS = "/sys/fs/cgroup"
POSTGRESQL = "/usr/lib/postgresql/15/bin"
DATABASES = "postgresql.example.gov.vn"
TOOLS = ["etcd", "containerd", "runc", "buildah", "dnsmasq", "busybox", "unshare", "iptables", "conntrack", "openssl"]
# Of the whole machine, which a kubelet sets to what it likes.
SETTINGS = ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
            "kernel/keys/root_maxbytes"]
PATIENCE = 120


def what_is_missing():
    """Of what a cluster needs of the machine; "" when nothing is."""
    for tool in TOOLS:
        if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
            return f"there is no {tool} here: deploy/install.sh cluster"
    if os.geteuid() != 0:
        return "who runs this is not root"
    if not os.path.isdir(f"{CGROUPS}/memory"):
        return "a kubelet of 1.20 needs cgroups of version 1"
    return ""


def enter():
    """Runs this same program again in name spaces of its own, and ends with what it ends with; returns in there."""
    if "CLUSTER_FOLDER" in os.environ:
        subprocess.run(["mount", "--make-rshared", "/"], check=True)
        # Where containerd and the network leave what is of a moment only.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        return
    folder = tempfile.mkdtemp(prefix="thidua-cluster-")
    os.chmod(folder, 0o755)
    groups = [group for group in control_groups(folder) if not os.path.islink(os.path.dirname(group))]
    for group in groups:
        os.makedirs(group, exist_ok=True)
    for name in ["cpuset.cpus", "cpuset.mems"]:
        pathlib.Path(CGROUPS, "cpuset", os.path.basename(folder), name).write_text(
            pathlib.Path(CGROUPS, "cpuset", name).read_text(encoding="utf-8"), encoding="utf-8")
    settings = {name: pathlib.Path("/proc/sys", name).read_text(encoding="utf-8") for name in SETTINGS}
    inside = subprocess.Popen(["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                               sys.executable, *sys.argv], env={**os.environ, "CLUSTER_FOLDER": folder})
    for one in [signal.SIGINT, signal.SIGTERM]:
        signal.signal(one, lambda *_: inside.kill())  # With all that is in there.
    ended = inside.wait()
    for name, value in settings.items():
        pathlib.Path("/proc/sys", name).write_text(value, encoding="utf-8")
    for group in groups:
        for below, _, _ in os.walk(group, topdown=False):
            remove_group(below)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(ended)


def control_groups(folder):
    """What the kubelet puts its pods below, of each controller; and what containerd makes besides."""
    return [f"{CGROUPS}/{name}/{os.path.basename(folder)}" for name in os.listdir(CGROUPS)]


def remove_group(group):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.rmdir(group)
            return
        except OSError:  # The last process in it is still ending.
            time.sleep(0.05)


def until(holds, what, seconds=PATIENCE):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


class Cluster:
    """`kubernetes`: the folder of kubernetes.sh's binaries."""

    def __init__(self, kubernetes, source, build):
        self.kubernetes, self.source, self.build = kubernetes, source, build
        self.folder = os.environ["CLUSTER_FOLDER"]
        self.processes, self.hosts = {}, {}
        self.kubeconfig = self.write("kubeconfig", json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "users": [{"name": "test", "user": {"token": "test"}}],
            "clusters": [{"name": "test", "cluster": {"server": f"https://{NODE}:6443", "insecure-skip-tls-verify": True}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}))
        shims = self.path("bin")
        os.mkdir(shims)
        # What the runbook calls: kubectl of this age, and a registry of images that is the node itself.
        self.shim("kubectl", f'case " $* " in\n*" -k "*) OLD_KUBECTL="{kubernetes}/kubectl" exec node '
                             f'"{source}/tests/cluster/kubectl.mjs" "$@" ;;\nesac\nexec "{kubernetes}/kubectl" "$@"')
        self.shim("buildah", f'[ "$1" = push ] && [ $# = 2 ] || exec /usr/bin/buildah "$@"\n'
                             f'exec "{sys.executable}" "{source}/tests/cluster/push.py" "{self.folder}" "$2"')
        storage = self.write("storage.conf", f'[storage]\ndriver = "overlay"\ngraphroot = "{self.folder}/images"\n'
                                             f'runroot = "{self.folder}/images-run"\n')
        self.environment = {
            **os.environ, "PATH": f"{shims}:{build}/bin:{os.environ['PATH']}:/usr/sbin:/sbin",
            "KUBECONFIG": self.kubeconfig, "CONTAINERS_STORAGE_CONF": storage,
            "CONTAINERD_ADDRESS": self.path("containerd.sock"), "CONTAINERD_NAMESPACE": "k8s.io"}

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def shim(self, name, text):
        os.chmod(self.write(f"bin/{name}", f"#!/bin/sh\n{text}\n"), 0o755)

    def run(self, *words, timeout=300, **how):
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=timeout,
                              check=False, **how)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done.stdout

    def start(self, name, *words, **how):
        """A process that is there as long as the cluster is."""
        with open(self.path(f"{name}.log"), "ab") as log:
            self.processes[name] = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, **how)

    def kubectl(self, *words, **how):
        return self.run("kubectl", *words, **how)

    def get(self, *words):
        return json.loads(self.run(f"{self.kubernetes}/kubectl", "get", "--namespace=thidua", "--output=json", *words))

    def up(self):
        self.make_network()
        self.start_servers()
        self.start_node()
        self.start_names()

    def make_network(self):
        """All pods, and the node, are at one bridge."""
        for words in [["link", "set", "lo", "up"], ["link", "add", "cni0", "type", "bridge"],
                      ["address", "add", f"{NODE}/24", "dev", "cni0"], ["link", "set", "cni0", "up"],
                      ["route", "add", "default", "dev", "cni0"]]:
            self.run("ip", *words)
        pathlib.Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="utf-8")
        os.mkdir(self.path("cni"))
        self.write("cni/10-test.conflist", json.dumps({"cniVersion": "0.4.0", "name": "test", "plugins": [
            {"type": "bridge", "bridge": "cni0", "isGateway": True, "hairpinMode": True,
             "ipam": {"type": "host-local", "dataDir": self.path("addresses"), "routes": [{"dst": "0.0.0.0/0"}],
                      "ranges": [[{"subnet": "10.244.0.0/24", "rangeStart": "10.244.0.10"}]]}},
            {"type": "portmap", "capabilities": {"portMappings": True}}]}))

    def start_servers(self):
        kubernetes, key = self.kubernetes, self.path("accounts.key")
        self.run("openssl", "genrsa", "-out", key, "2048")
        self.start("etcd", "etcd", f"--data-dir={self.path('etcd')}", "--unsafe-no-fsync")
        self.start("kube-apiserver", f"{kubernetes}/kube-apiserver", "--etcd-servers=http://127.0.0.1:2379",
                   f"--token-auth-file={self.write('tokens', 'test,test,test,system:masters')}", f"--bind-address={NODE}",
                   f"--advertise-address={NODE}", f"--cert-dir={self.path('api')}", "--allow-privileged=false",
                   "--kubelet-preferred-address-types=InternalIP", "--service-cluster-ip-range=10.96.0.0/16",
                   "--service-account-issuer=https://test",
                   f"--service-account-signing-key-file={key}", f"--service-account-key-file={key}")
        until(lambda: subprocess.run([f"{kubernetes}/kubectl", "get", "--raw=/readyz"], env=self.environment,
                                     capture_output=True, check=False).returncode == 0, "the API server is ready")
        self.start("kube-controller-manager", f"{kubernetes}/kube-controller-manager", f"--kubeconfig={self.kubeconfig}",
                   f"--service-account-private-key-file={key}", f"--cert-dir={self.path('controllers')}")
        self.start("kube-scheduler", f"{kubernetes}/kube-scheduler", f"--kubeconfig={self.kubeconfig}",
                   f"--cert-dir={self.path('scheduler')}")

    def start_node(self):
        socket = self.environment["CONTAINERD_ADDRESS"]
        self.start("containerd", "containerd", "--config", self.write("containerd.toml", f"""
version = 2
root = "{self.folder}/containerd"
state = "{self.folder}/containerd-run"
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{self.folder}/cni"
"""))
        until(lambda: os.path.exists(socket) and subprocess.run(
            ["ctr", "version"], env=self.environment, capture_output=True, check=False).returncode == 0, "containerd answers")
        self.make_images()
        configuration = self.write("kubelet.yaml", json.dumps({
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
            "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
            "authorization": {"mode": "AlwaysAllow"}, "cgroupDriver": "cgroupfs",
            "cgroupRoot": "/" + os.path.basename(self.folder), "clusterDNS": [NODE], "clusterDomain": "cluster.local",
            "failSwapOn": False, "resolvConf": "", "volumePluginDir": self.path("plugins"),
            "evictionHard": {"memory.available": "100Mi"}, "imageGCHighThresholdPercent": 100}))
        self.start("kubelet", f"{self.kubernetes}/kubelet", f"--kubeconfig={self.kubeconfig}", f"--config={configuration}",
                   "--container-runtime=remote", f"--container-runtime-endpoint=unix://{socket}",
                   f"--root-dir={self.path('kubelet')}", f"--cert-dir={self.path('kubelet-cert')}",
                   f"--node-ip={NODE}", "--hostname-override=node")
        self.start("kube-proxy", f"{self.kubernetes}/kube-proxy", f"--kubeconfig={self.kubeconfig}",
                   "--hostname-override=node", "--conntrack-max-per-core=0", "--cluster-cidr=10.244.0.0/24")

        def ready():
            nodes = json.loads(self.run(f"{self.kubernetes}/kubectl", "get", "nodes", "--output=json"))["items"]
            return any(one["type"] == "Ready" and one["status"] == "True" for node in nodes
                       for one in node["status"]["conditions"])
        until(ready, "the node is ready")

    # Images. No registry is reached: all is made of what Debian has installed here.

    def make_images(self):
        pause = self.path("pause")
        os.mkdir(pause)
        shutil.copy(f"{self.kubernetes}/pause", pause)
        self.image("localhost/pause:1", pause, 'ENTRYPOINT ["/pause"]')
        redis = self.path("redis-image")
        for name in ["bin", "tmp", "data"]:
            os.makedirs(os.path.join(redis, name))
        self.bring(redis, "bin", ["/usr/bin/redis-server", "/usr/bin/redis-cli"])
        shutil.copy("/bin/busybox", f"{redis}/bin")
        for applet in self.run("/bin/busybox", "--list").split():
            if applet != "busybox":
                os.symlink("busybox", f"{redis}/bin/{applet}")
        self.image("docker.io/library/redis:7.0.15-bookworm", redis, "ENV PATH=/bin\nWORKDIR /data")

    def bring(self, root, folder, binaries):
        """Programs with the libraries that they load."""
        os.makedirs(os.path.join(root, folder), exist_ok=True)
        for binary in binaries:
            shutil.copy(os.path.realpath(binary), os.path.join(root, folder, os.path.basename(binary)))
            for line in self.run("ldd", binary).splitlines():
                for word in line.split():
                    if word.startswith("/"):
                        place = os.path.join(root, word.lstrip("/"))
                        os.makedirs(os.path.dirname(place), exist_ok=True)
                        shutil.copy(word, place)

    def image(self, tag, folder, more="", base="scratch"):
        self.write("Dockerfile", f"FROM {base}\nCOPY . /\n{more}\n")
        self.run("/usr/bin/buildah", "bud", "--isolation=chroot", "--layers=false", "--quiet",
                 f"--file={self.path('Dockerfile')}", f"--tag={tag}", folder)
        self.run("buildah", "push", tag)

    # Names.

    def start_names(self):
        self.write("hosts", "")
        # Names of hosts are read again at SIGHUP.
        self.start("dnsmasq", "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", f"--listen-address={NODE}",
                   "--bind-interfaces", "--local=/cluster.local/", f"--addn-hosts={self.path('hosts')}", "--user=root",
                   "--log-facility=-", f"--pid-file={self.path('dnsmasq.pid')}")
        threading.Thread(target=self.follow_endpoints, daemon=True).start()

    def follow_endpoints(self):
        """What the cluster's own name server does: the addresses of headless services' pods, by their names."""
        with open(self.path("endpoints.log"), "ab") as log:
            watch = subprocess.Popen([f"{self.kubernetes}/kubectl", "get", "endpoints", "--all-namespaces", "--watch",
                                      "--output=json"], env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True)
        decoder, text = json.JSONDecoder(), ""
        for line in watch.stdout:
            text += line
            if line.rstrip() != "}":
                continue
            told, _ = decoder.raw_decode(text)
            text = ""
            name = f"{told['metadata']['name']}.{told['metadata']['namespace']}.svc.cluster.local"
            hosts = [(address["ip"], hostname) for part in told.get("subsets") or [] for address in part.get("addresses") or []
                     for hostname in [name, *([f"{address['hostname']}.{name}"] if "hostname" in address else [])]]
            if self.hosts.get(name) == hosts:
                continue
            self.hosts[name] = hosts
            lines = [f"{ip} {hostname}\n" for known in self.hosts.values() for ip, hostname in known]
            self.write("hosts.new", f"{NODE} {DATABASES}\n" + "".join(lines))
            os.rename(self.path("hosts.new"), self.path("hosts"))
            self.processes["dnsmasq"].send_signal(signal.SIGHUP)

    # What is there already in a province.

    def start_postgresql(self):
        """Its CA: databases/ca.pem."""
        folder, certificates = self.path("postgresql"), self.path("databases")
        self.run(f"{self.source}/deploy/certificates.sh", certificates, "registry")
        # Its name is not one of the suite's.
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
                 "-subj", "/CN=postgresql", "-CA", f"{certificates}/ca.pem", "-CAkey", f"{certificates}/ca.key",
                 "-addext", f"subjectAltName=DNS:{DATABASES}", "-addext", "basicConstraints=critical,CA:FALSE",
                 "-keyout", f"{certificates}/server.key", "-out", f"{certificates}/server.pem")
        os.mkdir(folder)
        shutil.chown(folder, "postgres")
        postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.run(*postgres, f"{POSTGRESQL}/initdb", "--auth-local=trust", "--auth-host=scram-sha-256",
                 "--encoding=UTF8", f"--pgdata={folder}", cwd="/")
        for name in ["server.key", "server.pem"]:
            shutil.copy(f"{certificates}/{name}", folder)
            shutil.chown(f"{folder}/{name}", "postgres")
            os.chmod(f"{folder}/{name}", 0o600)
        with open(f"{folder}/pg_hba.conf", "a", encoding="utf-8") as out:
            out.write("hostssl all all 10.244.0.0/24 scram-sha-256\n")
        self.start("postgresql", *postgres, f"{POSTGRESQL}/postgres", "-D", folder, "-h", NODE, "-k", folder, "-c", "ssl=on",
                   "-c", "ssl_cert_file=server.pem", "-c", "ssl_key_file=server.key", cwd="/")
        until(lambda: os.path.exists(f"{folder}/.s.PGSQL.5432") and subprocess.run(
            [f"{POSTGRESQL}/pg_isready", "--host", folder], capture_output=True, check=False).returncode == 0, "PostgreSQL answers")

    def psql(self, statement):
        """As whoever looks after the databases."""
        self.run("psql", "--host", self.path("postgresql"), "--username=postgres", "--quiet", "--set=ON_ERROR_STOP=1", "postgres",
                 "--command", statement)

    def make_volume(self, name, gibibytes, mode):
        folder = self.path(f"volumes/{name}")
        os.makedirs(folder)
        os.chown(folder, 10001, 10001)
        self.kubectl("apply", "-f", "-", input=json.dumps({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {"capacity": {"storage": f"{gibibytes}Gi"}, "accessModes": [mode], "hostPath": {"path": folder}}}))
        return folder
