// The ranking as it would be once the plan is stored, beside the present one.
import { useAsking } from "../api/asking";
import { freshnessFor } from "../api/freshness";
import type { Import, ImportOutcome } from "../api/import";
import type { SimulateRankingResponse, SupposedResult } from "../api/simulation";
import { Empty, Failure, Loading, Stale } from "../parts/states";
import { comparisonNotes } from "../ranking/movement";
import { SupposedRanking, summary } from "../simulation/supposed_ranking";
import { type AcceptedRows, mostRows } from "./accepted_rows";
import type { KeptPlan } from "./kept_file";

function supposed(rows: ImportOutcome[]): SupposedResult[] {
  return rows.flatMap(({ given, outcome }) => {
    if (!given) return [];
    return [
      {
        target: outcome.target,
        ...(given.actual && { actual: given.actual }),
        ...(given.statedPercent && { statedPercent: given.statedPercent }),
      },
    ];
  });
}

/** Why it cannot be told; empty: it can. */
function whyNot(plan: Import, kept: KeptPlan | undefined, rows: ImportOutcome[] | undefined): string {
  const count = Number(plan.counts.created) + Number(plan.counts.updated);
  if (count === 0) return "Không dòng nào thêm hay sửa số liệu: xếp hạng giữ nguyên.";
  if (count > mostRows) return `Quá ${mostRows.toLocaleString("vi-VN")} dòng thay đổi: không thử xếp hạng trước được.`;
  if (kept?.columns.some((column) => column.field === "PERIOD")) {
    return "Tệp có cột “Kỳ”, các dòng có thể của nhiều kỳ: không thử xếp hạng trước được.";
  }
  if (rows?.some((row) => row.given === undefined)) return "Không đọc lại được số liệu của các dòng để thử xếp hạng.";
  return "";
}

export function WouldBe({
  period,
  plan,
  kept,
  accepted,
}: {
  period: string;
  plan: Import;
  kept: KeptPlan | undefined;
  accepted: AcceptedRows;
}) {
  const why = whyNot(plan, kept, accepted.rows);
  const answer = useAsking<SimulateRankingResponse>(
    `/v1/${period}/ranking:simulate`,
    why === "" && accepted.rows
      ? {
          overlay: { results: supposed(accepted.rows), assessments: [] },
          freshnessToken: freshnessFor(period),
        }
      : undefined,
  );
  const comparison = answer.answer?.comparison;
  const moved = comparison?.units.filter((unit) => unit.before?.rank !== unit.after?.rank) ?? [];
  return (
    <section aria-labelledby="xep-hang-neu-luu">
      <h2 id="xep-hang-neu-luu">Xếp hạng nếu lưu</h2>
      {why !== "" && <Empty>{why}</Empty>}
      {accepted.fault && <Failure fault={accepted.fault} />}
      {answer.fault && <Failure fault={answer.fault} again={answer.again} />}
      <Stale stale={answer.answer?.stale ?? false} />
      {why === "" && !accepted.fault && !answer.fault && !comparison && <Loading what="Đang thử xếp hạng…" />}
      {comparison && (
        <>
          <p role="status">
            {moved.length === 0
              ? "Không đơn vị nào đổi hạng."
              : `${moved.length} đơn vị đổi hạng: ${moved.map(summary).join("; ")}.`}
            {plan.counts.rejected !== "0" && " Chưa tính các dòng bị từ chối."}
          </p>
          <SupposedRanking comparison={comparison} unit="" />
          {comparisonNotes(comparison).length > 0 && (
            <ul class="small">
              {comparisonNotes(comparison).map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
