// Whether each document is what Kubernetes knows by its kind: every field by its name and its type. Each is written as a
// literal of TypeScript with the type that kubernetes-types has for it, and the compiler says what does not fit.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { nameOf } from "./documents.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const types = join(here, "node_modules/kubernetes-types");

// "apps/v1": apps/v1, "v1": core/v1, "rbac.authorization.k8s.io/v1": rbac/v1.
function moduleOf(apiVersion) {
  const parts = String(apiVersion).split("/");
  const [group, version] = parts.length === 1 ? ["core", parts[0]] : parts;
  return `${group.split(".")[0]}/${version}`;
}

// The faults, "KIND/NAME: …"; none when all is well.
export function typeFaults(documents) {
  const faults = [];
  mkdirSync(join(here, "node_modules"), { recursive: true });
  const folder = mkdtempSync(join(here, "node_modules/.typed-"));
  try {
    const names = new Map();
    documents.forEach((document, index) => {
      const module = moduleOf(document.apiVersion);
      if (!/^\w+\/\w+$/.test(module) || !existsSync(join(types, `${module}.d.ts`))) {
        faults.push(`${nameOf(document)}: there is no ${document.apiVersion}`);
        return;
      }
      const file = join(folder, `${index}.ts`);
      names.set(file, nameOf(document));
      writeFileSync(file, `import type * as kinds from "kubernetes-types/${module}";\n` +
        `export const document: kinds.${document.kind} & {apiVersion: "${document.apiVersion}", kind: "${document.kind}"} = ` +
        `${JSON.stringify(document, null, 1)};\n`);
    });
    const program = ts.createProgram([...names.keys()], {
      strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
      const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
      faults.push(`${names.get(diagnostic.file?.fileName) ?? "?"}: ${text}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return faults;
}
