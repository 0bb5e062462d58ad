// How far the ranking counts: provisional, final, revoked, by whose decision.
import type { RankingComparison } from "../api/comparison";
import type { GetRankingResponse, Ranking } from "../api/ranking";
import { showDate } from "../text/date";
import { comparisonNotes } from "./movement";

export function Standing({ ranking, record }: GetRankingResponse) {
  const [first] = ranking.notes;
  if (ranking.state !== "STATE_FINAL" || !record) {
    return (
      <div class="notice provisional">
        <p>
          <strong>{first ?? "Xếp hạng tạm tính, chưa phải kết quả thi đua chính thức."}</strong>
        </p>
      </div>
    );
  }
  const revoked = record.state === "STATE_REVOKED";
  return (
    <div class={`notice ${revoked ? "fault" : "final"}`}>
      <p>
        <strong>{revoked ? "Kết quả chính thức này đã bị thu hồi." : "Kết quả chính thức."}</strong>{" "}
        {record.authority}
        {record.finalTime && `, công nhận ngày ${showDate(record.finalTime)}`}. {record.reason}
      </p>
      {revoked && (
        <p>
          Thu hồi theo {record.revokeAuthority}
          {record.revokeTime && ` ngày ${showDate(record.revokeTime)}`}: {record.revokeReason}
        </p>
      )}
      <details class="small">
        <summary>Mã kiểm chứng</summary>
        <p>
          Phiên bản {ranking.revision}; SHA-256 <code>{ranking.digest}</code>
        </p>
      </details>
    </div>
  );
}

/** What else holds of the ranking, and of what it is compared with; the first note is in a provisional one's banner. */
export function Notes({ ranking, comparison }: { ranking: Ranking; comparison: RankingComparison | undefined }) {
  const notes = ranking.state === "STATE_FINAL" ? ranking.notes : ranking.notes.slice(1);
  const told = new Set([...ranking.notes, ...notes]);
  const compared = comparison ? comparisonNotes(comparison).filter((note) => !told.has(note)) : [];
  if (notes.length + compared.length === 0) return null;
  return (
    <section>
      <h2>Lưu ý</h2>
      <ul>
        {[...notes, ...compared].map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}
