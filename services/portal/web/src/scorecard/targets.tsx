// A unit's targets under one criterion: what was registered, what was reached, what it earns.
import type { Quantity } from "../api/quantity";
import type { ReviewLine } from "../api/review";
import type { TargetScore } from "../api/scorecard";
import type { Target } from "../api/target";
import { Wide } from "../parts/wide";
import { isZero, showNumber, showPercent } from "../text/number";
import { showQuantity } from "../text/quantity";
import { Adjustments, FormulaInputs } from "./derivation";
import { EvidenceList, Revisions } from "./figure";
import { Due, ProgressBar, StandingWord } from "./progress";

/** With as many digits as the unit printed, where the review tells. */
function Achieved({ score, line }: { score: TargetScore; line: ReviewLine | undefined }) {
  const percent = line?.achievementPercent || score.achievementPercent;
  return (
    <>
      {showPercent(percent)}
      {score.basis === "ACHIEVEMENT_BASIS_STATED" && <span class="soft small"> đơn vị tự nêu</span>}
    </>
  );
}

/** A figure without a measure of its own is in the target's. */
function withMeasure(quantity: Quantity, target: Target): Quantity {
  return quantity.measure === "" ? { ...quantity, measure: target.measure } : quantity;
}

/** Where there is no room for both, the share goes on a line of its own. */
function PointsOf({ score }: { score: TargetScore }) {
  return (
    <>
      {showNumber(score.points)}
      <wbr />
      <span class="of">/{showNumber(score.sharePoints)}</span>
    </>
  );
}

/** The pace holds of figures that add up; for the others there is no mark on the bar. */
function paceOf(line: ReviewLine | undefined, pace: string): string {
  return line && line.dueNow !== "" ? pace : "";
}

export function Targets({
  name,
  scores,
  lines,
  pace,
}: {
  name: string;
  scores: TargetScore[];
  lines: ReviewLine[];
  pace: string;
}) {
  if (scores.length === 0) return null;
  const bonus = scores.some((score) => !isZero(score.bonus) && score.bonus !== "");
  return (
    <Wide name={`Chỉ tiêu: ${name}`}>
      <table class="targets cards">
        <thead>
          <tr>
            <th scope="col">Chỉ tiêu</th>
            <th scope="col" class="number">
              Đăng ký năm
            </th>
            <th scope="col" class="number">
              Kết quả
            </th>
            <th scope="col">Tiến độ</th>
            <th scope="col" class="number">
              Điểm
            </th>
            {bonus && (
              <th scope="col" class="number">
                Thưởng
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {scores.map((score) => {
            const line = lines.find((one) => one.target.name === score.target.name);
            const { target, result } = score;
            return (
              <tr key={target.name} class={target.voided ? "voided" : ""}>
                <th scope="row">
                  {target.displayName}
                  {target.direction === "DIRECTION_LOWER_IS_BETTER" && (
                    <span class="soft small"> (càng thấp càng tốt)</span>
                  )}
                  <div class="behind-figure">
                    <details class="derivation">
                      <summary>
                        Cách tính điểm<span class="hidden">: {target.displayName}</span>
                      </summary>
                      <p>{score.derivation || "Không tính điểm."}</p>
                      <FormulaInputs inputs={score.formulaInputs} />
                      <Adjustments adjustments={score.adjustments} />
                    </details>
                    {result && <Revisions result={result} of={target.displayName} />}
                    <EvidenceList result={result} />
                  </div>
                </th>
                <td class="number" data-name="Đăng ký năm">
                  {target.value?.state === "STATE_VALUE"
                    ? showQuantity(withMeasure(target.value, target))
                    : "không có"}
                </td>
                <td class="number" data-name="Kết quả">
                  {result?.actual
                    ? showQuantity(withMeasure(result.actual, target))
                    : result?.statedPercent
                      ? "chỉ nêu tỷ lệ"
                      : "chưa báo cáo"}
                  {result?.late && <span class="soft small"> (nộp muộn)</span>}
                </td>
                <td class="progress-cell">
                  <Achieved score={score} line={line} />
                  <ProgressBar percent={score.achievementPercent} pace={paceOf(line, pace)} />
                  {line && (
                    <div class="small">
                      <StandingWord line={line} /> <Due line={line} />
                      {line.missingSentence !== "" && <div class="soft">{line.missingSentence}</div>}
                    </div>
                  )}
                </td>
                <td class="number key" data-name="Điểm">
                  {score.sharePoints === "" ? "–" : <PointsOf score={score} />}
                  {!score.counted && <span class="soft small"> không tính</span>}
                </td>
                {bonus && (
                  <td class="number" data-name="Thưởng">
                    {showNumber(score.bonus)}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Wide>
  );
}
