// What the ranking is compared with: the version before, the one seen here last, a final, another period.
import { useEffect, useRef, useState } from "preact/hooks";
import type { CompareRankingsResponse, RankingMoment } from "../api/comparison";
import type {
  FinalRecord,
  GetRankingHistoryResponse,
  GetRankingResponse,
  ListRankingsResponse,
} from "../api/ranking";
import { useAsking } from "../api/asking";
import { type Reading, useReadingList } from "../api/reading";
import { showTime } from "../text/date";
import type { Seen } from "./seen";

interface Choice {
  id: string;
  name: string;
  before: RankingMoment;
}

function choices(
  period: string,
  shown: GetRankingResponse,
  seen: Seen | undefined,
  history: GetRankingHistoryResponse | undefined,
  list: ListRankingsResponse | undefined,
): Choice[] {
  const all: Choice[] = [];
  const finals: Choice[] = [];
  const version = BigInt(shown.ranking.periodVersion);
  for (const final of history?.finals ?? []) {
    if (final.revision === shown.ranking.revision) continue;
    finals.push({
      id: final.revision,
      name: `kết quả ${final.state === "STATE_REVOKED" ? "đã thu hồi" : "chính thức"} theo ${final.authority}${
        final.finalTime ? `, chốt lúc ${showTime(final.finalTime)}` : ""
      }`,
      before: { period, revision: final.revision },
    });
  }
  if (seen && seen.version !== String(version - 1n)) {
    all.push({
      id: "seen",
      name: `lần xem trước trên máy này (số liệu lúc ${showTime(seen.time)})`,
      before: { period, periodVersion: seen.version },
    });
  }
  if (version > 1n) {
    all.push({
      id: "previous",
      name: `số liệu liền trước (phiên bản ${version - 1n})`,
      before: { period, periodVersion: String(version - 1n) },
    });
  }
  // A final is held against the final before it: closing the period made a version in which nothing moved.
  if (shown.ranking.state === "STATE_FINAL") all.unshift(...finals);
  else all.push(...finals);
  const pact = period.slice(0, period.indexOf("/periods/"));
  for (const ranking of list?.rankings ?? []) {
    const other = ranking.name.replace(/\/ranking$/, "");
    if (other !== period && other.startsWith(`${pact}/`)) {
      all.push({ id: other, name: ranking.periodDisplayName, before: { period: other } });
    }
  }
  return all;
}

export interface Comparing {
  /** The period's newest final, revoked or not; undefined: none, or not read yet. */
  lastFinal: FinalRecord | undefined;
  reading: Reading<CompareRankingsResponse>;
  choices: Choice[];
  chosen: Choice | undefined;
  choose: (id: string) => void;
}

export function useComparing(
  period: string,
  shown: GetRankingResponse | undefined,
  seen: Seen | undefined,
): Comparing {
  const history = useReadingList<GetRankingHistoryResponse>(shown ? `/v1/${period}/ranking/history` : "", "finals");
  const revision = shown?.ranking.revision;
  const known = useRef(revision);
  useEffect(() => {
    if (known.current !== undefined && known.current !== revision) history.again();
    known.current = revision;
  }, [revision]);
  const pact = period.slice(0, period.indexOf("/periods/"));
  const list = useReadingList<ListRankingsResponse>("/v1/rankings", "rankings", { periods: `${pact}/periods/-` });
  const [id, choose] = useState("");
  const all = shown ? choices(period, shown, seen, history.answer, list.answer) : [];
  // By itself only with an earlier state of the same period; another period is for whoever asks for it.
  const chosen = all.find((one) => one.id === id) ?? all.find((one) => one.before.period === period);
  const final = shown?.ranking.state === "STATE_FINAL";
  const after = { period, ...(final ? { revision: shown.ranking.revision } : {}) };
  const reading = useAsking<CompareRankingsResponse>(
    "/v1/rankings:compare",
    shown && chosen && { before: chosen.before, after, freshnessToken: shown.freshnessToken },
    { about: JSON.stringify(chosen?.before) },
  );
  return { lastFinal: history.answer?.finals[0], reading, choices: all, chosen, choose };
}

export function ComparisonChooser({ comparing }: { comparing: Comparing }) {
  if (comparing.choices.length === 0) {
    return <p class="soft small">Đây là số liệu đầu tiên của kỳ: chưa có gì để so sánh.</p>;
  }
  return (
    <label class="field">
      <span>Thay đổi so với</span>
      <select value={comparing.chosen?.id ?? ""} onChange={(event) => comparing.choose(event.currentTarget.value)}>
        {comparing.chosen === undefined && <option value="">(chọn để so sánh)</option>}
        {comparing.choices.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
