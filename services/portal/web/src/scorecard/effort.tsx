// Cần thêm gì: what a unit needs to get somewhere, everything else held as it is.
import { useId, useState } from "preact/hooks";
import type { ComparedPlace } from "../api/comparison";
import type { GetRequiredEffortResponse, RequiredEffort } from "../api/effort";
import { useReading } from "../api/reading";
import type { TargetScore } from "../api/scorecard";
import { Shown, Stale } from "../parts/states";
import { Wide } from "../parts/wide";
import { readNumber, showNumber, showPercent } from "../text/number";
import { showQuantity } from "../text/quantity";

type Goal = "targetsMet" | "rank" | "percentOfAssigned" | "total";

const goals: { goal: Goal; name: string; field: string }[] = [
  { goal: "targetsMet", name: "Đạt chỉ tiêu năm", field: "" },
  { goal: "rank", name: "Lên hạng", field: "Hạng" },
  { goal: "percentOfAssigned", name: "Đạt tỷ lệ điểm được giao", field: "Tỷ lệ (%)" },
  { goal: "total", name: "Đạt tổng điểm", field: "Tổng điểm" },
];

function Row({ name, place }: { name: string; place: ComparedPlace | undefined }) {
  if (place === undefined) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{place.rank === 0 ? "–" : place.rank}</td>
      <td class="number">{showNumber(place.total)}</td>
      <td class="number">{showNumber(place.assignedPoints)}</td>
      <td class="number">{showPercent(place.percentOfAssigned)}</td>
    </tr>
  );
}

function Figures({ effort }: { effort: RequiredEffort }) {
  if (effort.figures.length === 0) return null;
  const monthly = effort.figures.some((figure) => figure.missingPerMonth !== "");
  return (
    <Wide name="Số liệu cần đạt">
      <table>
        <thead>
          <tr>
            <th scope="col">Chỉ tiêu</th>
            <th scope="col" class="number">
              Hiện có
            </th>
            <th scope="col" class="number">
              Cần đạt
            </th>
            <th scope="col" class="number">
              Còn thiếu
            </th>
            {monthly && (
              <th scope="col" class="number">
                Mỗi tháng
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {effort.figures.map((figure) => (
            <tr key={figure.target}>
              <th scope="row">{figure.displayName}</th>
              <td class="number">{showQuantity(figure.now, false)}</td>
              <td class="number">
                <strong>{showQuantity(figure.needed)}</strong>
              </td>
              <td class="number">{figure.missing === "" ? "–" : showNumber(figure.missing)}</td>
              {monthly && (
                <td class="number">{figure.missingPerMonth === "" ? "–" : showNumber(figure.missingPerMonth)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Answer({ effort }: { effort: RequiredEffort }) {
  return (
    <>
      <p>
        <strong>{effort.sentence}</strong>
      </p>
      <Figures effort={effort} />
      <Wide name="Trước và sau">
        <table class="inner">
          <thead>
            <tr>
              <td />
              <th scope="col" class="number">
                Hạng
              </th>
              <th scope="col" class="number">
                Tổng điểm
              </th>
              <th scope="col" class="number">
                Được giao
              </th>
              <th scope="col" class="number">
                % đạt
              </th>
            </tr>
          </thead>
          <tbody>
            <Row name="Hiện nay" place={effort.now} />
            <Row name="Khi đó" place={effort.then} />
            <Row name="Thiếu một bậc" place={effort.withStepLess} />
          </tbody>
        </table>
      </Wide>
      {effort.notes.length > 0 && (
        <ul class="small">
          {effort.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

export function EffortForm({ period, unit, targets }: { period: string; unit: string; targets: TargetScore[] }) {
  const id = useId();
  const [goal, setGoal] = useState<Goal>("targetsMet");
  const [text, setText] = useState("");
  const [target, setTarget] = useState("");
  const [fault, setFault] = useState("");
  const [asked, setAsked] = useState<Record<string, string | boolean>>();
  const reading = useReading<GetRequiredEffortResponse>(asked ? `/v1/${period}/requiredEffort` : "", {
    unit,
    ...asked,
  });
  const field = goals.find((one) => one.goal === goal)?.field ?? "";
  const submit = (event: Event) => {
    event.preventDefault();
    const number = readNumber(text.replace("%", ""));
    const whole = number !== undefined && /^[1-9][0-9]*$/.test(number);
    if (goal !== "targetsMet" && (number === undefined || (goal === "rank" && !whole))) {
      setFault(goal === "rank" ? "Hạng là số nguyên từ 1." : "Không đọc được số; ví dụ: 95 hoặc 102,5.");
      document.getElementById(`${id}-so`)?.focus();
      return;
    }
    setFault("");
    setAsked({ target, [goal]: goal === "targetsMet" ? true : (number ?? "") });
  };
  return (
    <section class="on-screen">
      <h2>Cần thêm gì</h2>
      <p class="soft">
        Tính số liệu cần đạt khi kết quả của các đơn vị khác và mọi điểm đã chấm giữ như hiện có. Không lưu gì.
      </p>
      <form class="actions" onSubmit={submit} noValidate>
        <label class="field">
          <span>Để</span>
          <select value={goal} onChange={(event) => setGoal(event.currentTarget.value as Goal)}>
            {goals.map((one) => (
              <option key={one.goal} value={one.goal}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        {field !== "" && (
          <div class="field">
            <label for={`${id}-so`}>{field}</label>
            <input
              id={`${id}-so`}
              inputMode="decimal"
              size={8}
              value={text}
              aria-invalid={fault !== ""}
              aria-describedby={fault === "" ? undefined : `${id}-loi`}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
        )}
        <label class="field">
          <span>Bằng</span>
          <select value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
            <option value="">mọi chỉ tiêu chưa đạt</option>
            {targets.map(({ target: one }) => (
              <option key={one.name} value={one.name}>
                {one.displayName}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          Tính
        </button>
      </form>
      {fault !== "" && (
        <p class="field-fault" id={`${id}-loi`} role="alert">
          {fault}
        </p>
      )}
      {asked && (
        <div aria-live="polite">
          <Shown reading={reading}>
            {({ effort, stale }) => (
              <>
                <Stale stale={stale} />
                <Answer effort={effort} />
              </>
            )}
          </Shown>
        </div>
      )}
    </section>
  );
}
