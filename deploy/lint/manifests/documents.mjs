// What an overlay comes to: its documents, as kubectl applies them.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { kubectl } from "./kubectl.mjs";

export const kubernetes = fileURLToPath(new URL("../../kubernetes", import.meta.url));

export function overlays() {
  return readdirSync(join(kubernetes, "overlays")).sort();
}

// What an administrator applies besides, by itself.
export function documentsBeside() {
  return ["backups-pod.yaml", "prometheus-role.yaml"].flatMap((name) =>
    documentsIn(readFileSync(join(kubernetes, name), "utf8")));
}

export function documentsOf(overlay) {
  return documentsIn(kubectl("kustomize", join(kubernetes, "overlays", overlay)));
}

// YAML 1.1, as Kubernetes reads it; a key that stands twice is an error.
export function documentsIn(text) {
  return parseAllDocuments(text, { version: "1.1" }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

export function nameOf(document) {
  return `${document.kind}/${document.metadata?.name}`;
}
