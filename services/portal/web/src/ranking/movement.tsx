// What moved between two states of a ranking, and why.
import type { Quantity } from "../api/quantity";
import type { MoveCause, RankingComparison, UnitComparison } from "../api/comparison";
import { isZero, showChange, showNumber } from "../text/number";
import { showQuantity } from "../text/quantity";

const causes: Record<MoveCause, string> = {
  MOVE_CAUSE_UNSPECIFIED: "Nguyên nhân khác",
  MOVE_CAUSE_SCHEME: "Thang điểm",
  MOVE_CAUSE_PACT: "Điều chỉnh giao ước",
  MOVE_CAUSE_OWN_RESULT: "Kết quả của đơn vị",
  MOVE_CAUSE_CORRECTION: "Sửa số liệu",
  MOVE_CAUSE_ASSESSMENT: "Điểm chấm",
  MOVE_CAUSE_OTHERS: "Điểm của đơn vị khác",
  MOVE_CAUSE_BLOC_BEST: "Mức so sánh của khối",
};

/** "▲ 2", "▼ 1", "="; read aloud as "lên 2 hạng". */
export function RankMove({ unit }: { unit: UnitComparison | undefined }) {
  if (unit?.after === undefined) return <span class="soft">–</span>;
  if (unit.before === undefined || (unit.before.rank === 0 && unit.after.rank > 0)) return <span>mới xếp</span>;
  if (unit.after.rank === 0) return <span class="soft">–</span>;
  const up = unit.before.rank - unit.after.rank;
  if (up === 0) {
    return (
      <span class="soft">
        <span aria-hidden="true">=</span>
        <span class="hidden">giữ hạng</span>
      </span>
    );
  }
  return (
    <strong class={up > 0 ? "up" : "down"}>
      <span aria-hidden="true">{up > 0 ? "▲" : "▼"}</span>
      <span class="hidden">{up > 0 ? "lên" : "xuống"}</span> {Math.abs(up)}
      <span class="hidden"> hạng</span>
    </strong>
  );
}

/** The change in points, small below the arrow; of who had no place before, the points are all that there are. */
export function PointsChange({ unit }: { unit: UnitComparison | undefined }) {
  if (unit === undefined || isZero(unit.change) || !unit.before || unit.before.rank === 0) return null;
  return <span class="points-change">{showChange(unit.change)} điểm</span>;
}

/** A percentage that the unit states alone has no figure. */
function figureText(figure: Quantity | undefined, statedPercent: string): string {
  if (figure) return showQuantity(figure);
  return statedPercent === "" ? "chưa có" : `${showNumber(statedPercent)}% (đơn vị nêu)`;
}

/** Why a unit moved: the sentence, by cause and content, and the figures that changed. */
export function WhyMoved({ unit }: { unit: UnitComparison }) {
  return (
    <div>
      <p>{unit.sentence}</p>
      {unit.pointsMoves.length > 0 && (
        <table class="inner">
          <caption>Điểm thay đổi theo nguyên nhân</caption>
          <thead>
            <tr>
              <th scope="col">Nguyên nhân</th>
              <th scope="col">Nội dung</th>
              <th scope="col" class="number">
                Điểm
              </th>
            </tr>
          </thead>
          <tbody>
            {unit.pointsMoves.map((move, at) => (
              <tr key={at}>
                <td>{causes[move.cause]}</td>
                <td>{move.displayName}</td>
                <td class="number">{showChange(move.points)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {unit.figureChanges.length > 0 && (
        <ul>
          {unit.figureChanges.map((figure) => (
            <li key={figure.target}>
              {figure.displayName}: {figureText(figure.before, figure.statedPercentBefore)} →{" "}
              {figureText(figure.after, figure.statedPercentAfter)}
              {figure.isCorrection && " – sửa số liệu"}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Who is no longer there, whose best others are measured by, and what holds of all of it. */
export function comparisonNotes(comparison: RankingComparison): string[] {
  return [
    ...comparison.units
      .filter((unit) => unit.after === undefined)
      .map((unit) => `${unit.unitDisplayName}: ${unit.sentence}`),
    ...comparison.bestMoves.map((move) => move.sentence),
    ...comparison.notes,
  ];
}
