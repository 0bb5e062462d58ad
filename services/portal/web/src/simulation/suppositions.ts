// What is supposed, over all units: kept in the page and nowhere else.
import type { Fault } from "../api/fault";
import type { RankingOverlay, SupposedAssessment, SupposedResult } from "../api/simulation";

/** One figure or one number of points. */
export type Supposition =
  | { unit: string; result: SupposedResult }
  | { unit: string; assessment: SupposedAssessment };

/** By what it is about: a target's name, or a unit with a criterion. */
export type Suppositions = ReadonlyMap<string, Supposition>;

export function overlayOf(suppositions: Suppositions): RankingOverlay {
  const all = [...suppositions.values()];
  return {
    results: all.flatMap((one) => ("result" in one ? [one.result] : [])),
    assessments: all.flatMap((one) => ("assessment" in one ? [one.assessment] : [])),
  };
}

export function countOf(suppositions: Suppositions, unit: string): number {
  return [...suppositions.values()].filter((one) => one.unit === unit).length;
}

/** What the service has against each, by what it is about. */
export function faultsOf(suppositions: Suppositions, fault: Fault | undefined): Map<string, string> {
  const keys = [...suppositions].reduce(
    (all, [key, one]) => {
      ("result" in one ? all.results : all.assessments).push(key);
      return all;
    },
    { results: [] as string[], assessments: [] as string[] },
  );
  const faults = new Map<string, string>();
  for (const { field, sentence } of fault?.fields ?? []) {
    const at = /^overlay\.(results|assessments)\[([0-9]+)\]/.exec(field);
    const key = at && keys[at[1] as "results" | "assessments"][Number(at[2])];
    if (key) faults.set(key, sentence);
  }
  return faults;
}
