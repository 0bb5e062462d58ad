#!/usr/bin/env node
// `kubectl apply -k` for a cluster of Kubernetes 1.20 on one machine: renders as ever, and applies what that comes to in
// the words of that age, by the kubectl of that age, OLD_KUBECTL.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const lint = fileURLToPath(new URL("../../deploy/lint/manifests", import.meta.url));
const { kubectl } = await import(join(lint, "kubectl.mjs"));
const { documentsIn } = await import(join(lint, "documents.mjs"));

// Brought by the test's image, which has what that of an installation has, and these (cluster.py).
const kHealthProbe = "/cluster-test/health_probe";
const kBusybox = "/cluster-test/busybox";
const kOlder = { "policy/v1": "policy/v1beta1", "autoscaling/v2": "autoscaling/v2beta2" };

function older(probe) {
  if (!probe?.grpc) return probe;
  const { grpc: { port, service }, ...rest } = probe;
  return { ...rest, exec: { command: [kHealthProbe, String(port), ...(service ? [service] : [])] } };
}

// All of it has the same meaning, but that the parts of Redis may be on one machine.
function ofItsAge(document) {
  document.apiVersion = kOlder[document.apiVersion] ?? document.apiVersion;
  if (document.kind === "CronJob") {
    document.apiVersion = "batch/v1beta1";
    delete document.spec.timeZone;
  }
  const pod = document.spec?.template?.spec;
  if (!pod) return document;
  if (document.metadata.name === "redis") delete pod.affinity;
  for (const container of pod.containers) {
    for (const name of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      if (container[name]) container[name] = older(container[name]);
    }
    const seconds = container.lifecycle?.preStop?.sleep?.seconds;
    if (seconds) container.lifecycle.preStop = { exec: { command: [kBusybox, "sleep", String(seconds)] } };
  }
  return document;
}

const words = process.argv.slice(2);
const [, overlay] = words.splice(words.indexOf("-k"), 2, "-f", "-");
const items = documentsIn(kubectl("kustomize", overlay)).map(ofItsAge);
const done = spawnSync(process.env.OLD_KUBECTL, words, {
  stdio: ["pipe", "inherit", "inherit"],
  input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
});
process.exit(done.status ?? 1);
