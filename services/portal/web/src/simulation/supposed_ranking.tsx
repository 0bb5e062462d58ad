// The ranking as it would be, beside the present one.
import type { ComparedPlace, RankingComparison, UnitComparison } from "../api/comparison";
import { Wide } from "../parts/wide";
import { RankMove, WhyMoved } from "../ranking/movement";
import { barPercent, greatest, isZero, showChange, showNumber, showPercent } from "../text/number";

function rank(place: ComparedPlace | undefined): string {
  return place === undefined || place.rank === 0 ? "–" : String(place.rank);
}

/** What became of one unit, in a line. */
export function summary(unit: UnitComparison): string {
  const { before, after } = unit;
  if (before === undefined || after === undefined) return unit.sentence;
  const ranks = before.rank === after.rank ? `giữ hạng ${rank(after)}` : `hạng ${rank(before)} → ${rank(after)}`;
  const points = isZero(unit.change)
    ? `${showNumber(after.total)} điểm như hiện có`
    : `${showNumber(before.total)} → ${showNumber(after.total)} điểm (${showChange(unit.change)})`;
  return `${unit.unitDisplayName}: ${ranks}, ${points}`;
}

function Bars({ unit, whole }: { unit: UnitComparison; whole: string }) {
  return (
    <div class="before-after" aria-hidden="true">
      <div class="bar-part content-5" style={{ width: `${barPercent(unit.before?.total ?? "0", whole)}%` }} />
      <div class="bar-part content-1" style={{ width: `${barPercent(unit.after?.total ?? "0", whole)}%` }} />
    </div>
  );
}

export function SupposedRanking({ comparison, unit }: { comparison: RankingComparison; unit: string }) {
  const whole = greatest(
    comparison.units.flatMap((one) => [
      one.before?.total ?? "0",
      one.after?.total ?? "0",
      one.after?.assignedPoints ?? "0",
    ]),
  );
  return (
    <Wide name="Bảng so sánh hiện có và giả định">
      <table class="supposed-ranking">
        <caption>
          <span class="swatch content-5" aria-hidden="true" /> hiện có{" "}
          <span class="swatch content-1" aria-hidden="true" /> giả định
        </caption>
        <thead>
          <tr>
            <th scope="col">Hạng giả định</th>
            <th scope="col">Đơn vị</th>
            <th scope="col" class="number">
              Điểm và % giả định
            </th>
          </tr>
        </thead>
        <tbody>
          {comparison.units.map((one) => (
            <tr key={one.unit} class={one.unit === unit ? "chosen" : ""}>
              <td class="place">
                <span class="rank">{rank(one.after)}</span> <RankMove unit={one} />
                <span class="points-change">hiện có {rank(one.before)}</span>
              </td>
              <th scope="row">
                {one.unitDisplayName}
                <Bars unit={one} whole={whole} />
                {one.pointsMoves.length > 0 && (
                  <details class="small why-supposed">
                    <summary>
                      Vì sao<span class="hidden"> {one.unitDisplayName} thay đổi</span>
                    </summary>
                    <WhyMoved unit={one} />
                  </details>
                )}
              </th>
              <td class="number key">
                {one.after ? showNumber(one.after.total) : "–"}
                {!isZero(one.change) && <span class="points-by"> ({showChange(one.change)})</span>}
                <span class="points-change">
                  {showPercent(one.after?.percentOfAssigned ?? "")}, hiện có{" "}
                  {one.before ? showNumber(one.before.total) : "–"}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
