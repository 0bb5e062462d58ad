// Who has written something is never shown an older state: the token that a write answers goes with every later
// read of that period. Kept for as long as the browser's tab.

import { inTab } from "../browser/kept";

const prefix = "thidua:freshness:";
const key = (period: string) => `${prefix}${period}`;

const readsThatTakeIt =
  /^\/v1\/(blocs\/[^/]+\/pacts\/[^/]+\/periods\/[^/:]+)(\/(ranking|scorecards\/units\/[^/]+|review|requiredEffort|awardPreview|completeness))?$/;

/** "/v1/blocs/x/pacts/2019/periods/nam/review" → the period's name. Empty: of no one period. */
function periodOf(path: string): string {
  return /blocs\/[^/]+\/pacts\/[^/]+\/periods\/[^/:?]+/.exec(path)?.[0] ?? "";
}

/** Reports are kept apart from figures: what is written of them says nothing of how new the figures are. */
export function noteFreshness(path: string, token: string | undefined): void {
  const period = periodOf(path);
  if (period !== "" && token && !path.includes("/reports")) inTab.keep(key(period), token);
}

/** Of a period by its name, or of a read by its path; empty where it has none, or takes none. */
export function freshnessFor(path: string): string {
  if (path.startsWith("/") && !readsThatTakeIt.test(path)) return "";
  return inTab.kept<string>(key(periodOf(path))) ?? "";
}

/** The store that the token spoke of is another one now. */
export function forgetFreshness(token: string): void {
  for (const one of inTab.keys()) {
    if (one.startsWith(prefix) && inTab.kept(one) === token) inTab.forget(one);
  }
}
