// What is known of a planned file beside its plan: for as long as the browser's tab which columns it has, and until
// the page is loaded anew the file itself, so that it may be planned again.
import type { PlannedFile } from "../api/import";

const files = new Map<string, File>();
const key = (name: string) => `thidua:planned:${name}`;

export interface KeptPlan extends PlannedFile {
  fileName: string;
}

export function keepPlan(file: File, plan: PlannedFile): void {
  files.set(plan.import.name, file);
  sessionStorage.setItem(key(plan.import.name), JSON.stringify({ ...plan, fileName: file.name }));
}

export function keptPlan(name: string): KeptPlan | undefined {
  return (JSON.parse(sessionStorage.getItem(key(name)) ?? "null") as KeptPlan | null) ?? undefined;
}

export function keptFile(name: string): File | undefined {
  return files.get(name);
}
