// How far the ranking counts: provisional, final, revoked, by whose decision.
import type { RankingComparison } from "../api/comparison";
import type { FinalRecord, GetRankingResponse, Ranking } from "../api/ranking";
import { showDate } from "../text/date";
import { comparisonNotes } from "./movement";

function Revocation({ record, what }: { record: FinalRecord; what: string }) {
  return (
    <p>
      <strong>{what}</strong>
      {record.revokeTime && ` ngày ${showDate(record.revokeTime)}`} theo {record.revokeAuthority}. Lý do:{" "}
      {record.revokeReason}
    </p>
  );
}

/** `lastFinal`: where it was revoked, and the ranking is provisional again, that is told with the reason. */
export function Standing({
  ranking,
  record,
  lastFinal,
}: GetRankingResponse & { lastFinal: FinalRecord | undefined }) {
  const [first] = ranking.notes;
  if (ranking.state !== "STATE_FINAL" || !record) {
    return (
      <div class="notice provisional">
        <p>
          <strong>{first ?? "Xếp hạng tạm tính, chưa phải kết quả thi đua chính thức."}</strong>
        </p>
        {lastFinal?.state === "STATE_REVOKED" && (
          <Revocation record={lastFinal} what={`Kết quả chính thức theo ${lastFinal.authority} đã bị thu hồi`} />
        )}
      </div>
    );
  }
  const revoked = record.state === "STATE_REVOKED";
  return (
    <div class={`notice ${revoked ? "fault" : "final"}`}>
      <p>
        <strong>{first ?? `Kết quả thi đua chính thức theo ${record.authority}.`}</strong> Lý do: {record.reason}
      </p>
      {revoked && <Revocation record={record} what="Đã bị thu hồi" />}
      <details class="small">
        <summary>Mã kiểm chứng</summary>
        <p>
          Phiên bản {ranking.revision}; SHA-256 <code>{ranking.digest}</code>
        </p>
      </details>
    </div>
  );
}

/** What else holds of the ranking; the first note is in the banner. */
export function Notes({ ranking }: { ranking: Ranking }) {
  const notes = ranking.notes.slice(1);
  if (notes.length === 0) return null;
  return (
    <section>
      <h2>Lưu ý</h2>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

export function ComparisonNotes({ comparison }: { comparison: RankingComparison }) {
  return (
    <details class="small on-screen">
      <summary>Về phần so sánh</summary>
      <ul>
        {comparisonNotes(comparison).map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}
