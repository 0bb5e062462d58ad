// Whether the documents of an overlay agree with each other and with the code: every flag is one of its binary's, every
// port, address, certificate, file and name is there at its other end too, and the network lets through what the flags
// say and nothing else. Each check takes the documents (and what it is to hold them against) and answers its faults.
import { nameOf } from "./documents.mjs";

export const kServices = ["registry", "results-ingest", "scoring", "portal"];
const kUser = 10001;  // The image's (deploy/image/Dockerfile).

export function ofKind(documents, ...kinds) {
  return documents.filter((document) => kinds.includes(document.kind));
}

// Every template of pods, with the document that it stands in.
export function podsOf(documents) {
  return ofKind(documents, "Deployment", "StatefulSet", "Job", "CronJob").map((document) => ({
    document,
    where: nameOf(document),
    template: document.kind === "CronJob" ? document.spec.jobTemplate.spec.template : document.spec.template,
  }));
}

export function containersOf(documents) {
  return podsOf(documents).flatMap((pod) =>
    [...(pod.template.spec.initContainers ?? []), ...pod.template.spec.containers].map((container) => ({ ...pod, container })));
}

function suiteContainersOf(documents) {
  return containersOf(documents).filter(({ container }) => container.command?.[0]?.startsWith("thidua"));
}

function matches(selector, labels) {
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector?.matchExpressions ?? []).every(({ key, operator, values }) => operator === "In" && values.includes(labels[key]));
}

function dataOf(documents, name, key) {
  return ofKind(documents, "ConfigMap").find((map) => map.metadata.name === name)?.data?.[key];
}

// The value of a container's variable: its own, or the ConfigMap's that it names.
function variable(documents, container, name) {
  const found = container.env?.find((entry) => entry.name === name);
  const reference = found?.valueFrom?.configMapKeyRef;
  return reference ? dataOf(documents, reference.name, reference.key) : found?.value;
}

// A container's flags by name, on the command line and in the environment; "true" where there is no value.
export function flagsOf(documents, container) {
  const flags = {};
  for (const { name } of container.env ?? []) {
    if (name.startsWith("THIDUA_")) flags[name.slice("THIDUA_".length).toLowerCase()] = variable(documents, container, name);
  }
  for (const word of container.args ?? []) {
    if (!word.startsWith("--")) continue;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    flags[name] = (value ?? "true").replaceAll(/\$\((\w+)\)/g, (whole, named) => variable(documents, container, named) ?? whole);
  }
  return flags;
}

// HOST and PORT of every address that a flag calls: "dns:///a:1", "a:1,b:2".
export function addressesIn(value) {
  return String(value).split(",").map((one) => /^(?:dns:\/\/\/)?([a-z][a-z0-9.-]*):(\d+)$/.exec(one))
    .filter((found) => found).map(([, host, port]) => ({ host, port: Number(port) }));
}

function portOf(address) {
  return Number(String(address).slice(String(address).lastIndexOf(":") + 1));
}

// What of a flag's name is called by it, and what is listened on.
function callsOf(documents, container) {
  return Object.entries(flagsOf(documents, container)).filter(([name]) => !name.endsWith("listen"))
    .flatMap(([name, value]) => addressesIn(value).map((address) => ({ name, ...address })));
}

// `knownFlags(binary)`: the names of its flags; undefined where there is no such binary.
export function flagFaults(documents, knownFlags) {
  const faults = [];
  for (const { where, container } of suiteContainersOf(documents)) {
    const binary = container.command[0];
    const known = knownFlags(binary);
    if (known === undefined) {
      faults.push(`${where}: there is no ${binary}`);
      continue;
    }
    for (const [name, value] of Object.entries(flagsOf(documents, container))) {
      if (!known.has(name)) faults.push(`${where}: ${binary} has no flag --${name}`);
      if (value === undefined || /\$\(/.test(value)) faults.push(`${where}: --${name} has no value`);
    }
  }
  return faults;
}

export function portFaults(documents) {
  const faults = [];
  for (const { where, template, container } of suiteContainersOf(documents)) {
    const flags = flagsOf(documents, container);
    const ports = container.ports ?? [];
    const listened = Object.keys(flags).filter((name) => name.endsWith("listen"));
    for (const name of listened) {
      if (!flags[name].startsWith("0.0.0.0:")) faults.push(`${where}: --${name} is not for other machines`);
      if (!ports.some((port) => port.containerPort === portOf(flags[name]))) faults.push(`${where}: --${name} is no port of the container`);
    }
    for (const port of ports) {
      if (!listened.some((name) => portOf(flags[name]) === port.containerPort)) faults.push(`${where}: nothing listens on ${port.name}`);
    }
    const named = (port) => ports.find((one) => one.name === port)?.containerPort ?? port;
    for (const kind of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const probe = container[kind];
      if (!probe) continue;
      const flag = probe.grpc ? "health_listen" : "listen";
      const port = named((probe.grpc ?? probe.httpGet)?.port);
      if (!flags[flag] || port !== portOf(flags[flag])) faults.push(`${where}: the ${kind} asks where --${flag} does not listen`);
      if (probe.httpGet && (probe.httpGet.scheme === "HTTPS") !== ("tls_certificate" in flags)) faults.push(`${where}: the ${kind} does not speak as the port does`);
    }
    for (const service of ofKind(documents, "Service")) {
      if (!matches({ matchLabels: service.spec.selector }, template.metadata.labels)) continue;
      for (const port of service.spec.ports) {
        if (named(port.targetPort) !== portOf(flags.listen)) faults.push(`${where}: Service/${service.metadata.name} leads to a port where --listen does not listen`);
      }
    }
  }
  for (const service of ofKind(documents, "Service")) {
    const behind = podsOf(documents).filter(({ template }) => matches({ matchLabels: service.spec.selector }, template.metadata.labels));
    if (behind.length !== 1) faults.push(`${nameOf(service)}: ${behind.length} workloads are behind it`);
    for (const { where, template } of behind) {
      for (const port of service.spec.ports) {
        const there = template.spec.containers.flatMap((container) => container.ports ?? []).some((one) => one.name === port.targetPort);
        if (!there) faults.push(`${nameOf(service)}: ${where} has no port ${port.targetPort}`);
      }
    }
  }
  return faults;
}

// Every address that a flag calls is a Service's, and each service of the suite is asked for at all its pods.
export function addressFaults(documents) {
  const faults = [];
  const services = ofKind(documents, "Service");
  for (const { where, container } of suiteContainersOf(documents)) {
    const flags = flagsOf(documents, container);
    for (const { name, host, port } of callsOf(documents, container)) {
      // "redis-0.redis": a pod of the headless Service.
      const service = services.find((one) => one.metadata.name === host) ?? services.find((one) =>
        one.spec.clusterIP === "None" && host.endsWith(`.${one.metadata.name}`) &&
        podsOf(documents).some(({ document }) => document.kind === "StatefulSet" && document.spec.serviceName === one.metadata.name &&
          new RegExp(`^${document.metadata.name}-\\d+$`).test(host.split(".")[0]) && Number(/-(\d+)\./.exec(host)[1]) < document.spec.replicas));
      if (!service) faults.push(`${where}: --${name} names ${host}, which is nobody's`);
      else if (!service.spec.ports.some((one) => one.port === port)) faults.push(`${where}: --${name}: ${host} has no port ${port}`);
      else if (kServices.includes(host)) {
        if (service.spec.clusterIP !== "None") faults.push(`${where}: --${name}: Service/${host} shows one address for all of its pods`);
        if (!flags[name].startsWith("dns:///")) faults.push(`${where}: --${name} does not ask DNS for all of them`);
      }
    }
  }
  return faults;
}

// `certificates`: by service, the texts of its alternative names ("DNS:registry", "URI:spiffe://…").
export function certificateFaults(documents, certificates) {
  const faults = [];
  for (const { where, container } of suiteContainersOf(documents)) {
    for (const { name, host } of callsOf(documents, container)) {
      if (!kServices.includes(host)) continue;
      if (!certificates[host]?.includes(`DNS:${host}`)) faults.push(`${where}: --${name}: the certificate of ${host} has not that name`);
    }
  }
  return faults;
}

// Who calls a service is known to the policy by the name in its certificate, as a service of the suite or as a reader.
export function policyFaults(documents, certificates) {
  const faults = [];
  const policy = dataOf(documents, "access", "policy.txtpb") ?? "";
  const members = [...policy.matchAll(/^members \{\n(.*?)^\}/gms)].map(([, text]) => text);
  const known = new Set();
  for (const [, uri] of policy.matchAll(/"uri:([^"]+)"/g)) {
    known.add(uri);
    if (!Object.values(certificates).some((names) => names.includes(`URI:${uri}`))) faults.push(`the policy names ${uri}, and no certificate does`);
  }
  for (const service of kServices) {
    const calls = suiteContainersOf(documents).filter(({ container }) => container.command[0] === `thidua-${service}`)
      .flatMap(({ container }) => callsOf(documents, container)).some(({ host }) => kServices.includes(host));
    if (!calls) continue;
    const uri = (certificates[service] ?? []).find((name) => name.startsWith("URI:"))?.slice("URI:".length);
    const role = service === "portal" ? "ROLE_READER" : "ROLE_SERVICE";
    const member = members.find((text) => text.includes(`"uri:${uri}"`));
    if (!member?.includes(`role: ${role}`)) faults.push(`the policy does not know ${service} (${uri}) by ${role}`);
  }
  return faults;
}

// `secretKeys`: by name of a Secret, the keys in it. Files that flags name are in something that is mounted; whatever is
// named is there.
export function fileFaults(documents, secretKeys) {
  const faults = [];
  const has = (kind, name) => ofKind(documents, kind).some((one) => one.metadata.name === name);
  for (const { document, where, template } of podsOf(documents)) {
    const spec = template.spec;
    if (!has("ServiceAccount", spec.serviceAccountName)) faults.push(`${where}: there is no ServiceAccount ${spec.serviceAccountName}`);
    if (!has("PriorityClass", spec.priorityClassName)) faults.push(`${where}: there is no PriorityClass ${spec.priorityClassName}`);
    const keys = {};
    for (const claim of document.spec.volumeClaimTemplates ?? []) keys[claim.metadata.name] = null;
    for (const volume of spec.volumes ?? []) {
      keys[volume.name] = null;
      if (volume.secret) {
        keys[volume.name] = secretKeys[volume.secret.secretName];
        if (!keys[volume.name]) faults.push(`${where}: nobody makes the Secret ${volume.secret.secretName}`);
      } else if (volume.configMap) {
        const map = ofKind(documents, "ConfigMap").find((one) => one.metadata.name === volume.configMap.name);
        keys[volume.name] = map && Object.keys(map.data);
        if (!map) faults.push(`${where}: there is no ConfigMap ${volume.configMap.name}`);
      } else if (volume.persistentVolumeClaim) {
        const claim = volume.persistentVolumeClaim.claimName;
        const templated = ofKind(documents, "StatefulSet").some((set) => (set.spec.volumeClaimTemplates ?? [])
          .some((one) => new RegExp(`^${one.metadata.name}-${set.metadata.name}-\\d+$`).test(claim)));
        if (!templated && !has("PersistentVolumeClaim", claim)) faults.push(`${where}: there is no PersistentVolumeClaim ${claim}`);
      }
    }
    for (const container of spec.containers) {
      const mounts = container.volumeMounts ?? [];
      for (const mount of mounts) {
        if (!(mount.name in keys)) faults.push(`${where}: there is no volume ${mount.name}`);
      }
      for (const entry of container.env ?? []) {
        const reference = entry.valueFrom?.configMapKeyRef;
        if (reference && dataOf(documents, reference.name, reference.key) === undefined) faults.push(`${where}: ${entry.name}: ConfigMap ${reference.name} has no ${reference.key}`);
      }
      // Of flags and of addresses of databases; a folder or a file below one that is mounted.
      const text = [...(container.command ?? []), ...(container.args ?? []), ...Object.values(flagsOf(documents, container))].join("\n");
      for (const [path] of text.matchAll(/\/(?:etc|var|data|backups|tmp)\/[\w./-]+/g)) {
        const mount = mounts.find((one) => path === one.mountPath || path.startsWith(`${one.mountPath}/`));
        const file = mount && path.slice(mount.mountPath.length + 1);
        if (!mount) faults.push(`${where}: ${path} is in nothing that is mounted`);
        else if (keys[mount.name] && !keys[mount.name].includes(file)) faults.push(`${where}: ${path}: there is no ${file} in ${mount.name}`);
      }
    }
  }
  return faults;
}

// The pods that pods may reach, by their name: "scoring>results-ingest:7102". A line is open when both ends let it.
export function roadsOf(documents) {
  const policies = ofKind(documents, "NetworkPolicy");
  const pods = podsOf(documents).map(({ template }) => template.metadata.labels);
  const name = (labels) => labels["app.kubernetes.io/name"];
  const peerIs = (peer, labels) => peer.podSelector && !peer.namespaceSelector && matches(peer.podSelector, labels);
  const lets = (policy, direction, side, labels, port) => (policy.spec[direction] ?? []).some((rule) =>
    (!rule[side] || rule[side].some((peer) => peerIs(peer, labels))) && (!rule.ports || rule.ports.some((one) => one.port === port)));
  const open = (labels, type, direction, side, other, port) => {
    const bound = policies.filter((policy) => policy.spec.policyTypes.includes(type) && matches(policy.spec.podSelector, labels));
    return bound.length === 0 || bound.some((policy) => lets(policy, direction, side, other, port));
  };
  const ports = [...new Set(containersOf(documents).flatMap(({ container }) => (container.ports ?? []).map((port) => port.containerPort)))];
  const roads = new Set();
  for (const from of pods) {
    for (const to of pods) {
      for (const port of ports) {
        if (open(from, "Egress", "egress", "to", to, port) && open(to, "Ingress", "ingress", "from", from, port)) {
          roads.add(`${name(from)}>${name(to)}:${port}`);
        }
      }
    }
  }
  return roads;
}

// The network lets pods reach whom their flags call, and nobody else; and from outside comes only what is named here.
export function networkFaults(documents) {
  const faults = [];
  const wanted = new Set();
  for (const { template, container } of suiteContainersOf(documents)) {
    for (const { name, host, port } of callsOf(documents, container)) {
      const called = host.split(".").at(-1);
      wanted.add(`${template.metadata.labels["app.kubernetes.io/name"]}>${called}:${port}`);
      // Where sentinels say that it is.
      if (name !== "redis_sentinels") continue;
      const there = ofKind(documents, "Service").find((one) => one.metadata.name === called)?.spec.ports.find((one) => one.name === "redis");
      wanted.add(`${template.metadata.labels["app.kubernetes.io/name"]}>${called}:${there?.port}`);
    }
  }
  // Servers that follow each other, told by the names of their peers.
  for (const { template, container } of containersOf(documents)) {
    const name = template.metadata.labels["app.kubernetes.io/name"];
    if (!container.env?.some((entry) => entry.name === "PEERS")) continue;
    for (const port of container.ports) wanted.add(`${name}>${name}:${port.containerPort}`);
  }
  const roads = roadsOf(documents);
  for (const road of wanted) if (!roads.has(road)) faults.push(`the network closes ${road}`);
  for (const road of roads) if (!wanted.has(road)) faults.push(`the network opens ${road}`);
  if (!ofKind(documents, "NetworkPolicy").some((policy) => Object.keys(policy.spec.podSelector).length === 0 && !policy.spec.ingress &&
      !policy.spec.egress && policy.spec.policyTypes.length === 2)) faults.push("no policy closes what none opens");
  const fromOutside = new Map([["registry", []], ["results-ingest", []], ["scoring", ["reads-rankings:7103"]],
    ["portal", ["anybody:8443"]], ["redis", ["reads-rankings:6379"]], ["metrics", ["monitoring:7190"]]]);
  for (const policy of ofKind(documents, "NetworkPolicy")) {
    for (const rule of policy.spec.ingress ?? []) {
      const outside = rule.from === undefined ? ["anybody"] : rule.from.filter((peer) => peer.namespaceSelector || peer.ipBlock || !peer.podSelector)
        .map((peer) => peer.namespaceSelector?.matchLabels?.["thidua.vn/reads-rankings"] === "true" ? "reads-rankings"
          : peer.namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] ?? JSON.stringify(peer));
      const ports = rule.ports?.map((one) => one.port) ?? ["any"];
      for (const entry of outside.flatMap((who) => ports.map((port) => `${who}:${port}`))) {
        if (!fromOutside.get(policy.metadata.name)?.includes(entry)) faults.push(`${nameOf(policy)} lets in ${entry}`);
      }
    }
  }
  return faults;
}

// Kubernetes' profile "restricted" and more, for every pod; and no secret stands in a document.
export function securityFaults(documents) {
  const faults = [];
  for (const { where, template } of podsOf(documents)) {
    const spec = template.spec;
    const context = spec.securityContext ?? {};
    if (context.runAsNonRoot !== true || !(context.runAsUser > 0)) faults.push(`${where}: may be root`);
    if (context.seccompProfile?.type !== "RuntimeDefault") faults.push(`${where}: may make any system call`);
    if (spec.automountServiceAccountToken !== false) faults.push(`${where}: has a token of the cluster`);
    if (spec.enableServiceLinks !== false) faults.push(`${where}: Services stand in its environment`);
    if (spec.hostNetwork || spec.hostPID || spec.hostIPC || (spec.volumes ?? []).some((volume) => volume.hostPath)) faults.push(`${where}: has a part of the host`);
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      const own = container.securityContext ?? {};
      if (own.allowPrivilegeEscalation !== false || own.privileged) faults.push(`${where}: ${container.name} may gain rights`);
      if (own.readOnlyRootFilesystem !== true) faults.push(`${where}: ${container.name} may write into its image`);
      if (own.capabilities?.drop?.[0] !== "ALL" || own.capabilities.add) faults.push(`${where}: ${container.name} has capabilities`);
      if (!container.resources?.requests?.cpu || !container.resources.requests.memory || !container.resources.limits?.memory) faults.push(`${where}: ${container.name} takes what it likes`);
      if (container.command?.[0]?.startsWith("thidua") && context.runAsUser !== kUser) faults.push(`${where}: is not the image's user`);
    }
  }
  for (const secret of ofKind(documents, "Secret")) faults.push(`${nameOf(secret)}: secrets do not stand here`);
  for (const document of documents) {
    if (/BEGIN [A-Z ]*PRIVATE KEY|postgresql:\/\/[^:@/]+:[^@]+@/.test(JSON.stringify(document))) faults.push(`${nameOf(document)}: holds a secret`);
  }
  return faults;
}

const kUnits = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
function bytes(quantity) {
  const [, number, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity);
  return Number(number) * kUnits[unit];
}

// How many of each there may be, how they are replaced, asked after and spared.
export function runningFaults(documents) {
  const faults = [];
  const autoscaled = new Set(ofKind(documents, "HorizontalPodAutoscaler").map(({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`));
  for (const target of autoscaled) {
    if (!documents.some((document) => nameOf(document) === target)) faults.push(`there is no ${target} to scale`);
  }
  for (const { document, where, template } of podsOf(documents)) {
    if (!["Deployment", "StatefulSet"].includes(document.kind)) continue;
    const { spec } = document;
    const budgets = ofKind(documents, "PodDisruptionBudget").filter((one) => matches(one.spec.selector, template.metadata.labels));
    if (budgets.length !== 1) faults.push(`${where}: ${budgets.length} PodDisruptionBudgets`);
    if (!matches(spec.selector, template.metadata.labels)) faults.push(`${where}: does not select its own pods`);
    if (autoscaled.has(where) && spec.replicas !== undefined) faults.push(`${where}: two say how many`);
    if (document.metadata.name === "results-ingest" && (document.kind !== "StatefulSet" || spec.replicas !== 1)) faults.push(`${where}: more than one writes`);
    for (const container of template.spec.containers) {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      if (!startupProbe || !livenessProbe || !readinessProbe) faults.push(`${where}: ${container.name} is not asked at its start, whether it lives and whether it is ready`);
      if (!container.command?.[0]?.startsWith("thidua-")) continue;
      const flags = flagsOf(documents, container);
      const what = (probe) => probe?.grpc?.service ?? probe?.httpGet?.path ?? "";
      if (what(livenessProbe) === what(readinessProbe)) faults.push(`${where}: who is not ready is killed`);
      if (startupProbe?.grpc && what(readinessProbe) !== "ready") faults.push(`${where}: nobody is named ${what(readinessProbe)} at --health_listen`);
      if (flags.data_dir && !flags.database && document.metadata.name !== "results-ingest" &&
          (document.kind !== "Deployment" || spec.replicas !== 1 || spec.strategy?.type !== "Recreate")) faults.push(`${where}: two may open one file of SQLite`);
      const data = (template.spec.volumes ?? []).find((volume) => volume.name === "data");
      if (flags.data_dir && !flags.database && data?.emptyDir) faults.push(`${where}: its database is gone with the pod`);
      if (flags.line_memory_mib && Number(flags.line_memory_mib) * 2 ** 20 > bytes(container.resources.limits.memory) / 2) faults.push(`${where}: what is on its way leaves no memory for the rest`);
      if ((template.spec.terminationGracePeriodSeconds ?? 30) < (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + 15) faults.push(`${where}: is killed before it has drained`);
    }
  }
  return faults;
}
