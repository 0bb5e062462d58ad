// How a criterion's points come about, from what is known to what counts, each step as the service tells it.
import type {
  Adjustment,
  Amount,
  AssessmentLayer,
  BestScore,
  CriterionScore,
  FormulaInput,
  GivenScore,
} from "../api/scorecard";
import { Wide } from "../parts/wide";
import { isZero, showNumber, showPercent } from "../text/number";

const layers: Record<AssessmentLayer, string> = {
  ASSESSMENT_LAYER_UNSPECIFIED: "–",
  ASSESSMENT_LAYER_SELF: "Đơn vị tự chấm",
  ASSESSMENT_LAYER_PEER: "Chấm chéo",
  ASSESSMENT_LAYER_BLOC: "Khối chấm",
  ASSESSMENT_LAYER_PROVINCE: "Tỉnh thẩm định",
};

/** "1.234,5678 (đúng bằng 100/3)" */
export function showAmount(amount: Amount | undefined): string {
  if (amount === undefined) return "chưa có";
  return amount.exact === ""
    ? showNumber(amount.decimal)
    : `${showNumber(amount.decimal)} (đúng bằng ${amount.exact})`;
}

export function Adjustments({ adjustments }: { adjustments: Adjustment[] }) {
  if (adjustments.length === 0) return null;
  return (
    <ol class="steps">
      {adjustments.map((one, at) => (
        <li key={at}>{one.sentence}</li>
      ))}
    </ol>
  );
}

function Inputs({ inputs }: { inputs: FormulaInput[] }) {
  if (inputs.length === 0) return null;
  return (
    <ul>
      {inputs.map((input) => (
        <li key={input.name}>
          {input.displayName || <code>{input.name}</code>}:{" "}
          {input.isCondition && input.value
            ? isZero(input.value.decimal)
              ? "không"
              : "có"
            : showAmount(input.value)}
        </li>
      ))}
    </ul>
  );
}

export function FormulaInputs({ inputs }: { inputs: FormulaInput[] }) {
  return <Inputs inputs={inputs} />;
}

function leftOut(given: GivenScore): string {
  if (!given.pointsLeftOut && !given.bonusLeftOut) return "";
  return " (bỏ, không tính vào trung bình)";
}

function Given({ given }: { given: GivenScore[] }) {
  if (given.length === 0) return null;
  const anyFigures = given.some((one) => one.figures.length > 0);
  return (
    <Wide name="Điểm các cấp đã chấm">
      <table class="inner">
        <caption>Điểm các cấp đã chấm</caption>
        <thead>
          <tr>
            <th scope="col">Cấp chấm</th>
            <th scope="col" class="number">
              Điểm
            </th>
            <th scope="col" class="number">
              Thưởng
            </th>
            {anyFigures && <th scope="col">Số liệu</th>}
            <th scope="col">Lần chấm</th>
            <th scope="col">Được tính</th>
          </tr>
        </thead>
        <tbody>
          {given.map((one) => (
            <tr key={one.layer + one.rater}>
              <td>
                {layers[one.layer]}
                {one.raterDisplayName !== "" && `: ${one.raterDisplayName}`}
              </td>
              <td class="number">
                {one.points === "" ? "–" : showNumber(one.points)}
                {one.roundedPoints !== "" && ` → ${showNumber(one.roundedPoints)}`}
              </td>
              <td class="number">
                {one.bonus === "" ? "–" : showNumber(one.bonus)}
                {one.roundedBonus !== "" && ` → ${showNumber(one.roundedBonus)}`}
              </td>
              {anyFigures && (
                <td>
                  {one.figures.map((figure) => `${figure.displayName}: ${showNumber(figure.value)}`).join("; ")}
                </td>
              )}
              <td>{one.revision}</td>
              <td>{one.counts ? `có${leftOut(one)}` : "không"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Figures({ criterion }: { criterion: CriterionScore }) {
  if (criterion.figures.length === 0) return null;
  const events = criterion.figures.some((figure) => figure.pointsEach !== "");
  return (
    <Wide name="Số liệu được tính">
      <table class="inner">
        <caption>Số liệu được tính</caption>
        <thead>
          <tr>
            <th scope="col">Số liệu</th>
            <th scope="col" class="number">
              Giá trị
            </th>
            {events && (
              <>
                <th scope="col" class="number">
                  Số lần tính
                </th>
                <th scope="col" class="number">
                  Điểm mỗi lần
                </th>
                <th scope="col" class="number">
                  Thành điểm
                </th>
              </>
            )}
            <th scope="col">Cấp nêu</th>
            <th scope="col">Lần nêu</th>
          </tr>
        </thead>
        <tbody>
          {criterion.figures.map((figure) => (
            <tr key={figure.figureId}>
              <td>{figure.displayName}</td>
              <td class="number">{showAmount(figure.value)}</td>
              {events && (
                <>
                  <td class="number">{showAmount(figure.counted)}</td>
                  <td class="number">{showNumber(figure.pointsEach)}</td>
                  <td class="number">{showAmount(figure.points)}</td>
                </>
              )}
              <td>
                {layers[figure.layer]}
                {figure.raters > 1 && `, trung bình của ${figure.raters} đơn vị`}
              </td>
              <td>{figure.revisions.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Best({ best, name, percent }: { best: BestScore | undefined; name: string; percent: boolean }) {
  if (best === undefined) return null;
  return (
    <p>
      {name}: {best.unitDisplayName}, {percent ? showPercent(best.value?.decimal ?? "") : showAmount(best.value)}
      {best.sharedBy > 1 && ` (${best.sharedBy} chỉ tiêu cùng mức này)`}.
    </p>
  );
}

function Places({ criterion }: { criterion: CriterionScore }) {
  const place = criterion.place;
  if (place === undefined) return null;
  return (
    <>
      <p>
        Thứ hạng được tính: {place.place}
        {place.sharedBy > 1 && `, ${place.sharedBy} đơn vị cùng hạng`}.
      </p>
      {place.bloc.length > 0 && (
        <Wide name="Điểm chấm của cả khối">
          <table class="inner">
            <caption>Điểm chấm của cả khối</caption>
            <thead>
              <tr>
                <th scope="col" class="number">
                  Thứ
                </th>
                <th scope="col">Đơn vị</th>
                <th scope="col" class="number">
                  Điểm chấm
                </th>
              </tr>
            </thead>
            <tbody>
              {place.bloc.map((one) => (
                <tr key={one.unit}>
                  <td class="number">{one.place}</td>
                  <td>{one.unitDisplayName}</td>
                  <td class="number">{showAmount(one.mark)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </>
  );
}

function Formula({ criterion }: { criterion: CriterionScore }) {
  const formula = criterion.formula;
  if (formula === undefined) return null;
  return (
    <>
      <p>
        Công thức điểm: <code>{formula.points}</code>
        {formula.bonus !== "" && (
          <>
            ; thưởng: <code>{formula.bonus}</code>
          </>
        )}
      </p>
      <Inputs inputs={formula.inputs} />
    </>
  );
}

function Limits({ criterion }: { criterion: CriterionScore }) {
  if (criterion.limits.length === 0) return null;
  return (
    <>
      <p>Khống chế đang áp dụng:</p>
      <ul>
        {criterion.limits.map((limit) => (
          <li key={limit.displayName}>
            {limit.displayName} (<code>{limit.when}</code>)
            {limit.pointsAtMost && `: điểm không quá ${showAmount(limit.pointsAtMost)}`}
            {limit.noBonus && "; không tính điểm thưởng"}
            <Inputs inputs={limit.inputs} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** The exact points, where the decimal that is shown is rounded. */
function exactly(criterion: CriterionScore): string {
  const parts = [
    criterion.exact?.points ? `điểm ${criterion.exact.points}` : "",
    criterion.exact?.bonus ? `thưởng ${criterion.exact.bonus}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (chính xác: ${parts.join(", ")})`;
}

export function Derivation({ criterion }: { criterion: CriterionScore }) {
  return (
    <details class="derivation">
      <summary>
        Cách tính điểm<span class="hidden"> của {criterion.displayName}</span>
      </summary>
      <dl>
        {criterion.rule !== "" && (
          <>
            <dt>Quy định</dt>
            <dd>
              {criterion.rule}
              {criterion.clause !== "" && <span class="soft"> Căn cứ: {criterion.clause}.</span>}
            </dd>
          </>
        )}
        {(criterion.given.length > 0 ||
          criterion.figures.length > 0 ||
          criterion.place ||
          criterion.best ||
          criterion.bestWithoutTarget ||
          criterion.formula) && (
          <>
            <dt>Căn cứ vào</dt>
            <dd>
              <Given given={criterion.given} />
              <Figures criterion={criterion} />
              <Places criterion={criterion} />
              <Best best={criterion.best} name="Cao nhất khối so với chỉ tiêu" percent />
              <Best
                best={criterion.bestWithoutTarget}
                name="Cao nhất khối trong các đơn vị không đăng ký chỉ tiêu"
                percent={false}
              />
              <Formula criterion={criterion} />
            </dd>
          </>
        )}
        {criterion.derivation !== "" && (
          <>
            <dt>Tính ra</dt>
            <dd>{criterion.derivation}</dd>
          </>
        )}
        {(criterion.adjustments.length > 0 || criterion.limits.length > 0) && (
          <>
            <dt>Điều chỉnh</dt>
            <dd>
              <Limits criterion={criterion} />
              <Adjustments adjustments={criterion.adjustments} />
            </dd>
          </>
        )}
        <dt>Được tính</dt>
        <dd>
          {criterion.assigned ? (
            <>
              {showNumber(criterion.points)}/{showNumber(criterion.assignedPoints)} điểm
              {!isZero(criterion.bonus) && `, thưởng ${showNumber(criterion.bonus)} điểm`}
              {exactly(criterion)}.
            </>
          ) : (
            "Không tính vào tổng điểm được giao."
          )}
        </dd>
      </dl>
    </details>
  );
}
