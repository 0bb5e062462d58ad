// Which ranking of a period is shown: of what was read and what the watch tells the newer, never going back. Another
// stream (after a restart, of another replica) may begin with an older one than has been shown.
import type { GetRankingResponse } from "../api/ranking";
import type { Reading } from "../api/reading";

export interface Told {
  /** The newest that the watch has told. */
  live?: GetRankingResponse | undefined;
  /** What had been read when the watch told that there is no ranking any more. */
  gone?: GetRankingResponse | undefined;
}

type Read = Pick<Reading<GetRankingResponse>, "answer" | "fault">;

/** Revisions compare as text. */
export function isNewer(one: GetRankingResponse, than: GetRankingResponse): boolean {
  return one.ranking.revision > than.ranking.revision;
}

export function withLive(told: Told, next: GetRankingResponse): Told {
  return told.live && isNewer(told.live, next) ? told : { ...told, live: next };
}

/**
 * What is read knows of what this tab has written; the watch does not, and its first ranking may be older than that:
 * it is not shown before the reading has come, or has failed.
 */
export function newestOf({ answer, fault }: Read, { live, gone }: Told): GetRankingResponse | undefined {
  const read = answer === gone ? undefined : answer;
  if (!read) return fault && live;
  return live && !isNewer(read, live) ? live : read;
}

/**
 * The token with which other pages are shown nothing older than this one; empty: the one that the tab has says as much.
 */
export function tokenToNote({ answer }: Read, { live, gone }: Told): string {
  return live && answer && answer !== gone && isNewer(live, answer) ? live.freshnessToken : "";
}
