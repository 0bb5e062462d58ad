// How far a target is, against the pace and the year's target. The picture repeats the numbers beside it.
import type { ReviewLine, Standing } from "../api/review";
import { barPercent, compareNumbers, showNumber } from "../text/number";

const words: Partial<Record<Standing, string>> = {
  STANDING_REACHED: "Đạt chỉ tiêu năm",
  STANDING_ON_PACE: "Đúng tiến độ",
  STANDING_BEHIND: "Chậm tiến độ",
  STANDING_NOT_REPORTED: "Chưa báo cáo",
  STANDING_NOT_COMPUTABLE: "Không có chỉ tiêu để đối chiếu",
  STANDING_INFORMATIONAL: "Thông tin, không tính điểm",
  STANDING_NOT_ASSIGNED: "Không được giao",
  STANDING_VOIDED: "Đã đưa ra khỏi giao ước",
};

const marks: Partial<Record<Standing, { mark: string; class: string }>> = {
  STANDING_REACHED: { mark: "✓", class: "reached" },
  STANDING_ON_PACE: { mark: "●", class: "on-pace" },
  STANDING_BEHIND: { mark: "▼", class: "behind" },
};

/** In a word, with a sign that is not its colour alone. */
export function StandingWord({ line }: { line: ReviewLine }) {
  const sign = marks[line.standing];
  return (
    <span class={`standing ${sign?.class ?? "other"}`}>
      {sign && <span aria-hidden="true">{sign.mark} </span>}
      {words[line.standing] ?? ""}
      {line.standing === "STANDING_NOT_COMPUTABLE" && words[line.standingAsStated] !== undefined && (
        <span class="soft"> (theo số đơn vị nêu: {words[line.standingAsStated]?.toLowerCase()})</span>
      )}
    </span>
  );
}

/** The bar goes to the year's target, or beyond it as far as was reached; the line across it is the pace. */
export function ProgressBar({ percent, pace }: { percent: string; pace: string }) {
  if (percent === "") return null;
  const whole = compareNumbers(percent, "100") > 0 ? percent : "100";
  return (
    <div class="progress" aria-hidden="true">
      <div class="bar-part content-1" style={{ width: `${barPercent(percent, whole)}%` }} />
      {whole !== "100" && <div class="goal" style={{ left: `${barPercent("100", whole)}%` }} />}
      {pace !== "" && <div class="pace" style={{ left: `${barPercent(pace, whole)}%` }} />}
    </div>
  );
}

/** What was due by now of a target with a pace. */
export function Due({ line }: { line: ReviewLine }) {
  return line.dueNow === "" ? null : <span class="soft small">Mốc tiến độ: {showNumber(line.dueNow)}</span>;
}
