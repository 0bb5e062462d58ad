// Which version of a period's data this browser showed before, so that one sees what moved since.
import { onMachine } from "../browser/kept";

export interface Seen {
  version: string;
  time: string;
}

interface Kept {
  last: Seen;
  before?: Seen;
}

/**
 * Notes that this version is shown now, and answers the one that was shown when the page was opened before. What comes
 * in while the page is open is not another opening.
 */
export function noteSeen(period: string, now: Seen, opening: boolean): Seen | undefined {
  const key = `thidua:seen:${period}`;
  let kept = onMachine.kept<Kept>(key);
  if (kept?.last.version !== now.version) {
    const before = opening ? kept?.last : kept?.before;
    kept = before === undefined ? { last: now } : { last: now, before };
    onMachine.keep(key, kept);
  }
  // A store begun anew counts from the start again.
  return kept?.before && BigInt(kept.before.version) < BigInt(now.version) ? kept.before : undefined;
}
