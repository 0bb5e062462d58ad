// The manifests of Kubernetes against each other and against the binaries. Of each check: it finds nothing in what is
// there, and it finds what is planted.
//
//   agreement_test.mjs BINARIES SOURCE_FOLDER
import assert from "node:assert";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

const [binaries, source] = process.argv.slice(2);
const lint = join(source, "deploy/lint/manifests");
const { documentsIn, documentsOf, overlays } = await import(join(lint, "documents.mjs"));
const { kubectl } = await import(join(lint, "kubectl.mjs"));
const { typeFaults } = await import(join(lint, "typed.mjs"));
const checks = await import(join(lint, "agreement.mjs"));

const folder = mkdtempSync(join(tmpdir(), "thidua-manifests-"));
after(() => rmSync(folder, { recursive: true }));

// What a first installation makes; and what the administrators of the databases say, after the documentation.
execFileSync(join(source, "deploy/kubernetes/secrets.sh"), [join(folder, "secrets")]);
const secrets = Object.fromEntries(JSON.parse(readFileSync(join(folder, "secrets/secrets.json"), "utf8")).items
  .map((secret) => [secret.metadata.name, secret.data]));
const secretKeys = Object.fromEntries(Object.entries(secrets).map(([name, data]) => [name, Object.keys(data)]));
const runbook = readFileSync(join(source, "docs/operations/kubernetes.md"), "utf8");
for (const [, loop] of runbook.matchAll(/for service in ([\w -]+); do\n\s+kubectl create secret generic "\$service-database"/g)) {
  for (const name of loop.split(" ")) secretKeys[`${name}-database`] = ["password", "ca.crt"];
}
const certificates = Object.fromEntries([...checks.kServices, "administrator"].map((name) => {
  const told = execFileSync("openssl", ["x509", "-in", join(folder, "secrets", `${name}.pem`), "-noout", "-ext", "subjectAltName"], { encoding: "utf8" });
  return [name, told.split("\n")[1].trim().split(", ")];
}));

const flagsByBinary = new Map();
function knownFlags(binary) {
  const file = join(binaries, binary);
  if (!existsSync(file)) return undefined;
  if (!flagsByBinary.has(binary)) {
    // The commands have a page of their own.
    const [word, line] = binary === "thidua-store" ? ["help", /^ {2}--(\w+)=/gm] : ["--helpfull", /^ {4}--(\w+) /gm];
    const { stdout } = spawnSync(file, [word], { encoding: "utf8" });
    flagsByBinary.set(binary, new Set([...stdout.matchAll(line)].map(([, name]) => name)));
  }
  return flagsByBinary.get(binary);
}
const allChecks = {
  types: typeFaults,
  flags: (documents) => checks.flagFaults(documents, knownFlags),
  ports: checks.portFaults,
  addresses: checks.addressFaults,
  certificates: (documents) => checks.certificateFaults(documents, certificates),
  policy: (documents) => checks.policyFaults(documents, certificates),
  files: (documents) => checks.fileFaults(documents, secretKeys),
  network: checks.networkFaults,
  security: checks.securityFaults,
  running: checks.runningFaults,
};

const rendered = Object.fromEntries(overlays().map((overlay) => [overlay, documentsOf(overlay)]));

test("there are the two overlays", () => assert.deepEqual(overlays(), ["production", "single-node"]));

for (const overlay of overlays()) {
  for (const [name, check] of Object.entries(allChecks)) {
    test(`${overlay}: ${name}`, () => assert.deepEqual(check(rendered[overlay]), []));
  }
}

// One fault each: in which overlay, which check finds it, what it says, and how it is planted.
function find(documents, kind, name) {
  const found = documents.find((document) => document.kind === kind && document.metadata.name === name);
  assert.ok(found, `${kind}/${name}`);
  return found;
}
const container = (documents, kind, name) => find(documents, kind, name).spec.template.spec.containers[0];
function replaceWord(words, from, to) {
  const at = words.findIndex((word) => word.startsWith(from));
  assert.notEqual(at, -1, from);
  words[at] = to;
}

const planted = [
  ["single-node", "types", /replica/, (all) => { find(all, "Deployment", "registry").spec.replica = 1; }],
  ["single-node", "types", /not assignable/, (all) => { find(all, "Service", "scoring").spec.ports[0].port = "7103"; }],
  ["production", "types", /no autoscaling\/v9/, (all) => { find(all, "HorizontalPodAutoscaler", "scoring").apiVersion = "autoscaling/v9"; }],
  ["single-node", "types", /Deploiment/, (all) => { find(all, "Deployment", "portal").kind = "Deploiment"; }],
  ["single-node", "flags", /no flag --health_lisen/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--health_listen", "--health_lisen=0.0.0.0:7180")],
  ["single-node", "flags", /no flag --redsi/, (all) => { container(all, "Deployment", "scoring").env[0].name = "THIDUA_REDSI"; }],
  ["single-node", "flags", /no thidua-registrar/, (all) => { container(all, "Deployment", "registry").command = ["thidua-registrar"]; }],
  ["production", "flags", /--database has no value/, (all) => { delete all.find((one) => one.kind === "ConfigMap" && one.metadata.name.startsWith("site")).data.results_database; }],
  ["single-node", "ports", /--listen is no port/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--listen", "--listen=0.0.0.0:7111")],
  ["single-node", "ports", /not for other machines/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--listen", "--listen=127.0.0.1:7101")],
  ["single-node", "ports", /readinessProbe asks where/, (all) => { container(all, "Deployment", "scoring").readinessProbe.grpc.port = 7103; }],
  ["single-node", "ports", /does not speak as/, (all) => { container(all, "Deployment", "portal").livenessProbe.httpGet.scheme = "HTTP"; }],
  ["single-node", "ports", /Service\/scoring leads to/, (all) => { find(all, "Service", "scoring").spec.ports[0].targetPort = "health"; }],
  ["single-node", "ports", /0 workloads/, (all) => { find(all, "Service", "redis").spec.selector = { "app.kubernetes.io/name": "rediss" }; }],
  ["single-node", "ports", /nothing listens on metrics/, (all) => { container(all, "Deployment", "registry").ports.at(-1).containerPort = 7191; }],
  ["single-node", "addresses", /names registri/, (all) => replaceWord(container(all, "StatefulSet", "results-ingest").args, "--registry", "--registry=dns:///registri:7101")],
  ["single-node", "addresses", /has no port 7113/, (all) => replaceWord(container(all, "Deployment", "portal").args, "--scoring", "--scoring=dns:///scoring:7113")],
  ["single-node", "addresses", /does not ask DNS/, (all) => replaceWord(container(all, "Deployment", "portal").args, "--scoring", "--scoring=scoring:7103")],
  ["production", "addresses", /one address for all/, (all) => { delete find(all, "Service", "scoring").spec.clusterIP; }],
  ["production", "addresses", /names redis-2.redis/, (all) => { find(all, "StatefulSet", "redis").spec.replicas = 2; }],
  ["single-node", "policy", /does not know scoring/, (all) => { const map = find(all, "ConfigMap", "access"); map.data["policy.txtpb"] = map.data["policy.txtpb"].replace("spiffe://thidua/scoring", "spiffe://thidua/scorer"); }],
  ["single-node", "policy", /no certificate does/, (all) => { const map = find(all, "ConfigMap", "access"); map.data["policy.txtpb"] = map.data["policy.txtpb"].replace("spiffe://thidua/portal", "spiffe://thidua/door"); }],
  ["single-node", "files", /no tls.cert in tls/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--tls_certificate", "--tls_certificate=/etc/thidua/tls/tls.cert")],
  ["single-node", "files", /nobody makes the Secret/, (all) => { find(all, "Deployment", "registry").spec.template.spec.volumes.find((one) => one.name === "tls").secret.secretName = "registry-tsl"; }],
  ["single-node", "files", /no PersistentVolumeClaim/, (all) => { all.splice(all.indexOf(find(all, "PersistentVolumeClaim", "scoring-data")), 1); }],
  ["single-node", "files", /in nothing that is mounted/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--data_dir", "--data_dir=/var/lib/thiduo")],
  ["single-node", "files", /no ServiceAccount/, (all) => { find(all, "Deployment", "portal").spec.template.spec.serviceAccountName = "port"; }],
  ["single-node", "files", /no PriorityClass/, (all) => { find(all, "Deployment", "portal").spec.template.spec.priorityClassName = "thidua-reader"; }],
  ["single-node", "files", /no volume redis/, (all) => { const { spec } = find(all, "Deployment", "scoring").spec.template; spec.volumes = spec.volumes.filter((one) => one.name !== "redis"); }],
  ["production", "files", /is in nothing|there is no/, (all) => { const { data } = all.find((one) => one.kind === "ConfigMap" && one.metadata.name.startsWith("site")); data.registry_database = data.registry_database.replace("ca.crt", "ca.pem"); }],
  ["single-node", "network", /closes scoring>results-ingest:7102/, (all) => { find(all, "NetworkPolicy", "results-ingest").spec.ingress[0].from.shift(); }],
  ["single-node", "network", /opens registry>scoring:7103/, (all) => {
    find(all, "NetworkPolicy", "registry").spec.egress = [{ to: [{ podSelector: {} }] }];
    find(all, "NetworkPolicy", "scoring").spec.ingress[0].from.push({ podSelector: {} });
  }],
  ["single-node", "network", /closes what none opens/, (all) => { all.splice(all.indexOf(find(all, "NetworkPolicy", "nothing-else")), 1); }],
  ["single-node", "network", /lets in monitoring:7101/, (all) => { find(all, "NetworkPolicy", "registry").spec.ingress.push({ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }], ports: [{ port: 7101 }] }); }],
  ["production", "network", /lets in reads-rankings:26379/, (all) => { find(all, "NetworkPolicy", "redis").spec.ingress[1].ports.push({ port: 26379 }); }],
  ["production", "network", /closes redis>redis:26379/, (all) => { find(all, "NetworkPolicy", "redis").spec.egress[0].ports.pop(); }],
  ["single-node", "security", /may be root/, (all) => { delete find(all, "Deployment", "portal").spec.template.spec.securityContext.runAsNonRoot; }],
  ["single-node", "security", /not the image's user/, (all) => { find(all, "CronJob", "backup-registry").spec.jobTemplate.spec.template.spec.securityContext.runAsUser = 1000; }],
  ["production", "security", /has capabilities/, (all) => { container(all, "StatefulSet", "redis").securityContext.capabilities.add = ["NET_ADMIN"]; }],
  ["single-node", "security", /may write into/, (all) => { container(all, "Deployment", "redis").securityContext.readOnlyRootFilesystem = false; }],
  ["single-node", "security", /takes what it likes/, (all) => { delete container(all, "Deployment", "scoring").resources.limits; }],
  ["single-node", "security", /Services stand/, (all) => { delete find(all, "StatefulSet", "results-ingest").spec.template.spec.enableServiceLinks; }],
  ["production", "security", /secrets do not stand here/, (all) => { all.push({ apiVersion: "v1", kind: "Secret", metadata: { name: "planted" } }); }],
  ["production", "security", /holds a secret/, (all) => { const { data } = all.find((one) => one.kind === "ConfigMap" && one.metadata.name.startsWith("site")); data.results_database = data.results_database.replace("results@", "results:geheim@"); }],
  ["single-node", "running", /more than one writes/, (all) => { find(all, "StatefulSet", "results-ingest").spec.replicas = 2; }],
  ["single-node", "running", /two may open/, (all) => { find(all, "Deployment", "scoring").spec.replicas = 3; }],
  ["single-node", "running", /two may open/, (all) => { find(all, "Deployment", "registry").spec.strategy = { type: "RollingUpdate" }; }],
  ["single-node", "running", /gone with the pod/, (all) => { const { spec } = find(all, "Deployment", "registry").spec.template; spec.volumes.find((one) => one.name === "data").emptyDir = {}; }],
  ["single-node", "running", /who is not ready is killed/, (all) => { container(all, "Deployment", "registry").livenessProbe.grpc.service = "ready"; }],
  ["single-node", "running", /is not asked/, (all) => { delete container(all, "Deployment", "portal").startupProbe; }],
  ["single-node", "running", /leaves no memory/, (all) => replaceWord(container(all, "Deployment", "registry").args, "--line_memory_mib", "--line_memory_mib=1024")],
  ["single-node", "running", /killed before it has drained/, (all) => { find(all, "Deployment", "scoring").spec.template.spec.terminationGracePeriodSeconds = 5; }],
  ["single-node", "running", /0 PodDisruptionBudgets/, (all) => { all.splice(all.indexOf(find(all, "PodDisruptionBudget", "portal")), 1); }],
  ["production", "running", /two say how many/, (all) => { find(all, "Deployment", "scoring").spec.replicas = 3; }],
  ["production", "running", /to scale/, (all) => { find(all, "HorizontalPodAutoscaler", "scoring").spec.scaleTargetRef.name = "scorer"; }],
];
for (const [overlay, check, says, plant] of planted) {
  test(`planted: ${check} says ${says}`, () => {
    const documents = structuredClone(rendered[overlay]);
    plant(documents);
    const faults = allChecks[check](documents);
    assert.ok(faults.some((fault) => says.test(fault)), JSON.stringify(faults));
  });
}

test("planted: a certificate without the name by which its service is called", () => {
  const without = { ...certificates, registry: certificates.registry.filter((name) => name !== "DNS:registry") };
  assert.match(checks.certificateFaults(rendered.production, without)[0] ?? "", /certificate of registry has not that name/);
});

test("a key that stands twice is an error", () => {
  assert.throws(() => documentsIn("kind: Service\nkind: Pod\n"), /unique/);
});

test("production is what it promises", () => {
  const all = rendered.production;
  assert.equal(find(all, "HorizontalPodAutoscaler", "scoring").spec.minReplicas, 3);
  assert.equal(find(all, "Deployment", "registry").spec.replicas, 2);
  assert.equal(find(all, "StatefulSet", "redis").spec.replicas, 3);
  for (const name of ["registry", "results-ingest", "scoring"]) {
    const kind = name === "results-ingest" ? "StatefulSet" : "Deployment";
    const flags = checks.flagsOf(all, container(all, kind, name));
    assert.match(flags.database, /^postgresql:\/\/[^:]+@.*sslmode=verify-full/);
    const backup = find(all, "CronJob", `backup-${name}`).spec.jobTemplate.spec.template.spec.containers[0];
    assert.equal(checks.flagsOf(all, backup).database, flags.database);
    const upgrade = find(all, "Job", `upgrade-${name}`).spec.template.spec.containers[0];
    assert.equal(checks.flagsOf(all, upgrade).database, flags.database);
  }
});

// What the page has an administrator put into the overlay: each by itself, as a kustomization of its own upon the overlay.
const additions = [...runbook.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)]
  .map(([, indent, block]) => block.replace(new RegExp(`^${indent}`, "gm"), ""));
for (const [number, addition] of additions.entries()) {
  test(`what the page adds to the overlay renders: ${addition.split("\n")[1].trim()} (${number + 1})`, () => {
    const mine = join(folder, `addition-${number}`);
    mkdirSync(mine);
    const overlay = relative(mine, join(source, "deploy/kubernetes/overlays/production"));
    writeFileSync(join(mine, "policy.txtpb"), `# Of a province.\n${readFileSync(join(source, "deploy/kubernetes/base/policy.txtpb"), "utf8")}`);
    writeFileSync(join(mine, "kustomization.yaml"), `namespace: thidua\nresources: [${overlay}]\n${addition}`);
    const documents = documentsIn(kubectl("kustomize", mine));
    assert.deepEqual(typeFaults(documents), []);
    assert.notDeepEqual(documents, rendered.production);
  });
}
test("the page adds to the overlay in four places", () => assert.equal(additions.length, 4));

// Each service begins as its container would, but for the ports (free ones of loopback), the folders and the databases:
// every flag has a value that it takes, the Secrets fit, and the policy is one.
for (const name of checks.kServices) {
  test(`${name} begins by what its manifest says`, { timeout: 60000 }, async () => {
    const all = rendered["single-node"];
    const { container: mine, document, template } = checks.containersOf(all).find((one) => one.container.command[0] === `thidua-${name}`);
    const root = join(folder, name);
    for (const mount of mine.volumeMounts) {
      mkdirSync(join(root, mount.mountPath), { recursive: true });
      const volume = (template.spec.volumes ?? []).find((one) => one.name === mount.name) ??
        document.spec.volumeClaimTemplates.find((one) => one.metadata.name === mount.name);
      const files = volume.secret ? Object.entries(secrets[volume.secret.secretName]).map(([key, text]) => [key, Buffer.from(text, "base64")])
        : volume.configMap ? Object.entries(find(all, "ConfigMap", volume.configMap.name).data) : [];
      for (const [key, text] of files) writeFileSync(join(root, mount.mountPath, key), text, { mode: 0o600 });
    }
    const words = mine.args.map((word) => word.replace(/=(\/(?:etc|var)\/)/, `=${root}$1`).replace(/=0\.0\.0\.0:\d+$/, "=127.0.0.1:0"));
    const environment = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("THIDUA_")));
    for (const { name: key } of mine.env ?? []) environment[key] = checks.flagsOf(all, mine)[key.slice("THIDUA_".length).toLowerCase()];
    environment.TMPDIR = join(root, "tmp");
    const child = spawn(join(binaries, mine.command[0]), words, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stderr.on("data", (bytes) => { log += bytes; });
    const ended = new Promise((resolve) => child.on("close", resolve));
    const ready = new Promise((resolve) => createInterface({ input: child.stdout }).on("line", resolve));
    const line = await Promise.race([ready, ended]);
    child.kill("SIGTERM");
    assert.match(String(line), /^ready 127\.0\.0\.1:\d+$/, log);
    assert.equal(await ended, 0, log);
  });
}
