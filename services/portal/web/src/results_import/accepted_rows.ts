// The rows of a plan that would change something, all of them: what the would-be ranking is asked with.
import { useEffect, useState } from "preact/hooks";
import { readList } from "../api/call";
import { Fault, offline } from "../api/fault";
import type { Import, ImportOutcome, ListImportOutcomesResponse } from "../api/import";

/** As many suppositions as one question takes. */
export const mostRows = 10000;

export interface AcceptedRows {
  /** Undefined: not read yet, or too many. */
  rows: ImportOutcome[] | undefined;
  fault: Fault | undefined;
}

async function readKind(name: string, kinds: string, signal: AbortSignal): Promise<ImportOutcome[]> {
  return (await readList<ListImportOutcomesResponse>(`/v1/${name}/outcomes`, "outcomes", { kinds }, signal)).outcomes;
}

export function useAcceptedRows(plan: Import): AcceptedRows {
  const [state, setState] = useState<AcceptedRows>({ rows: undefined, fault: undefined });
  const count = Number(plan.counts.created) + Number(plan.counts.updated);
  useEffect(() => {
    if (count > mostRows || plan.state !== "STATE_PLANNED") return undefined;
    const leaving = new AbortController();
    const readAll = async () => [
      ...(await readKind(plan.name, "KIND_CREATED", leaving.signal)),
      ...(await readKind(plan.name, "KIND_UPDATED", leaving.signal)),
    ];
    readAll().then(
      (rows) => {
        if (!leaving.signal.aborted) setState({ rows, fault: undefined });
      },
      (fault: unknown) => {
        if (leaving.signal.aborted) return;
        setState({ rows: undefined, fault: fault instanceof Fault ? fault : offline() });
      },
    );
    return () => leaving.abort();
  }, [plan.name, plan.state, count]);
  return state;
}
