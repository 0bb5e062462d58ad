// Each target against its pace: what was reported, how far it is, what is still needed, and who is waited for.
import type { ReviewLine } from "../api/review";
import { Wide } from "../parts/wide";
import { Due, ProgressBar, StandingWord } from "../scorecard/progress";
import { idOf, pathTo, type Place } from "../shell/place";
import { showNumber } from "../text/number";
import type { UnitLines } from "./groups";

function Line({ line, pace }: { line: ReviewLine; pace: string }) {
  const { target, result } = line;
  return (
    <tr>
      <th scope="row">
        <span class={target.voided ? "voided" : ""}>{target.displayName}</span>
        {target.direction === "DIRECTION_LOWER_IS_BETTER" && (
          <span class="soft small behind-figure"> (càng thấp càng tốt)</span>
        )}
      </th>
      <td data-name="Kết quả">
        {line.sentence || "chưa báo cáo"}
        {result?.late && <span class="soft"> (nộp muộn)</span>}
      </td>
      <td data-name="Tiến độ">
        <StandingWord line={line} />
        <ProgressBar percent={line.achievementPercent} pace={line.dueNow === "" ? "" : pace} />
        <div>
          <Due line={line} />
        </div>
      </td>
      <td class="number" data-name="Còn thiếu">
        {line.missingTotal !== "" && (
          <>
            {showNumber(line.missingTotal)} <span class="measure">{target.measure}</span>
          </>
        )}
      </td>
      <td class="number" data-name="Cần mỗi tháng">
        {line.missingPerMonth !== "" && (
          <strong>
            {line.missingPerMonthExact !== "" && "≈ "}
            {showNumber(line.missingPerMonth)}
          </strong>
        )}
        {line.awaited.length > 0 && (
          <div class="awaited small">
            Chờ{" "}
            {line.awaited
              .map((one) => `${one.unitDisplayName || idOf(one.unit)}${one.note === "" ? "" : ` (${one.note})`}`)
              .join("; ")}
          </div>
        )}
      </td>
    </tr>
  );
}

export function Lines({ units, pace, place }: { units: UnitLines[]; pace: string; place: Place }) {
  return (
    <>
      {units.map((unit) => (
        <section key={unit.unit}>
          <h3>
            <a href={pathTo("phieu-diem", place, idOf(unit.unit))}>{unit.name}</a>
          </h3>
          <Wide name={`Chỉ tiêu của ${unit.name}`}>
            <table class="cards review-lines">
              <thead>
                <tr>
                  <th scope="col">Chỉ tiêu</th>
                  <th scope="col">Kết quả</th>
                  <th scope="col">Tiến độ so với chỉ tiêu năm</th>
                  <th scope="col" class="number">
                    Còn thiếu
                  </th>
                  <th scope="col" class="number">
                    Cần mỗi tháng
                  </th>
                </tr>
              </thead>
              <tbody>
                {unit.lines.map((line) => (
                  <Line key={line.target.name} line={line} pace={pace} />
                ))}
              </tbody>
            </table>
          </Wide>
        </section>
      ))}
    </>
  );
}
