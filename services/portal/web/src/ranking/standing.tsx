// How far the ranking counts: provisional, final, revoked, by whose decision.
import type { GetRankingResponse } from "../api/ranking";
import { showDate } from "../text/date";

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

/** What else holds of the ranking; the first note stands in the banner of a provisional one. */
export function Notes({ ranking }: GetRankingResponse) {
  const notes = ranking.state === "STATE_FINAL" ? ranking.notes : ranking.notes.slice(1);
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
