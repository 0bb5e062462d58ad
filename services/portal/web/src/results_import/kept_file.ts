// What is known of a planned file beside its plan: for as long as the browser's tab which columns it has, and until
// the page is loaded anew the file itself, so that it may be planned again.
import type { PlannedFile } from "../api/import";
import { inTab } from "../browser/kept";

const files = new Map<string, File>();
const key = (name: string) => `thidua:planned:${name}`;

export interface KeptPlan extends PlannedFile {
  fileName: string;
}

export function keepPlan(file: File, plan: PlannedFile): void {
  files.set(plan.import.name, file);
  inTab.keep(key(plan.import.name), { ...plan, fileName: file.name });
}

export function keptPlan(name: string): KeptPlan | undefined {
  return inTab.kept<KeptPlan>(key(name));
}

export function keptFile(name: string): File | undefined {
  return files.get(name);
}
