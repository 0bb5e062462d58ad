// Everything of one unit that may be supposed: its targets' figures, and the points that it may be given.
import { useReading } from "../api/reading";
import type { CriterionScore, GetScorecardResponse, TargetScore } from "../api/scorecard";
import type { Criterion, GetSchemeResponse } from "../api/simulation";
import { Empty, Shown } from "../parts/states";
import { targetsOf } from "../scorecard/criteria";
import { showNumber } from "../text/number";
import { showQuantity } from "../text/quantity";
import { scaleOf, scaleTo } from "./slider";
import { SupposedFigure } from "./supposed_figure";
import type { Supposition, Suppositions } from "./suppositions";

type Suppose = (key: string, supposition: Supposition | undefined) => void;

function TargetFigure({
  unit,
  score,
  supposed,
  fault,
  suppose,
}: {
  unit: string;
  score: TargetScore;
  supposed: Supposition | undefined;
  fault: string;
  suppose: Suppose;
}) {
  const { target, result } = score;
  const registered = target.value?.state === "STATE_VALUE" ? target.value.value : "";
  // Without a registered value nothing but a percentage says how far it is.
  const byPercent = registered === "" && !score.withoutTarget;
  const now = byPercent ? result?.statedPercent : result?.actual;
  const present = now?.state === "STATE_VALUE" ? now.value : "";
  const figure = supposed && "result" in supposed ? supposed.result : undefined;
  return (
    <SupposedFigure
      name={target.displayName}
      measure={byPercent ? "% đơn vị nêu" : target.measure}
      present={present}
      presentText={[
        present === "" ? "chưa báo cáo" : `hiện có ${showQuantity(now, byPercent)}`,
        registered === "" ? "không có chỉ tiêu đăng ký" : `đăng ký ${showNumber(registered)}`,
        target.direction === "DIRECTION_LOWER_IS_BETTER" ? "càng thấp càng tốt" : "",
      ]
        .filter((part) => part !== "")
        .join(", ")}
      supposed={byPercent ? figure?.statedPercent?.value : figure?.actual?.value}
      scale={byPercent ? scaleTo("150", "1") : scaleOf([registered, present])}
      fault={fault}
      suppose={(value) =>
        suppose(
          target.name,
          value === undefined
            ? undefined
            : {
                unit,
                result: byPercent
                  ? { target: target.name, statedPercent: { value } }
                  : { target: target.name, actual: { value } },
              },
        )
      }
    />
  );
}

function rulesOf(criteria: Criterion[]): Map<string, Criterion> {
  return new Map(criteria.flatMap((one) => [[one.criterionId, one] as const, ...rulesOf(one.children)]));
}

/** The leaves to which points are given outright, and that count for this unit. */
function assessedOf(criteria: CriterionScore[]): CriterionScore[] {
  return criteria.flatMap((one) => {
    const out = one.adjustments.some((step) => step.kind === "KIND_VOIDED" || step.kind === "KIND_EXCLUDED");
    if (out) return [];
    return one.ruleKind === "RULE_KIND_ASSESSED" ? [one] : assessedOf(one.children);
  });
}

function Points({
  unit,
  criterion,
  scheme,
  supposed,
  fault,
  suppose,
}: {
  unit: string;
  criterion: CriterionScore;
  scheme: GetSchemeResponse["scheme"];
  supposed: Supposition | undefined;
  fault: string;
  suppose: Suppose;
}) {
  const rule = rulesOf(scheme.contents).get(criterion.criterionId)?.assessed;
  // Of the layers that may count the first that is one voice.
  const layer = scheme.assessmentPrecedence.length
    ? scheme.assessmentPrecedence.find((one) => one !== "ASSESSMENT_LAYER_PEER")
    : "ASSESSMENT_LAYER_PROVINCE";
  if (rule === undefined || layer === undefined) return null;
  const most = rule.scaleMax || criterion.maxPoints;
  const given = criterion.given.find((one) => one.counts);
  const present = given?.points ?? "";
  return (
    <SupposedFigure
      name={criterion.displayName}
      measure={`/${showNumber(most)} điểm`}
      present={present}
      presentText={present === "" ? "chưa được chấm" : `đã chấm ${showNumber(present)}`}
      supposed={supposed && "assessment" in supposed ? supposed.assessment.points : undefined}
      scale={scaleTo(most, rule.step)}
      fault={fault}
      suppose={(points) =>
        suppose(
          `${unit} ${criterion.criterionId}`,
          points === undefined
            ? undefined
            : { unit, assessment: { unit, criterionId: criterion.criterionId, layer, points } },
        )
      }
    />
  );
}

export function UnitFigures({
  period,
  unit,
  suppositions,
  faults,
  suppose,
}: {
  period: string;
  unit: string;
  suppositions: Suppositions;
  faults: Map<string, string>;
  suppose: Suppose;
}) {
  const card = useReading<GetScorecardResponse>(`/v1/${period}/scorecards/${unit}`);
  const scheme = useReading<GetSchemeResponse>(card.answer ? `/v1/${card.answer.scorecard.scheme}` : "");
  return (
    <Shown reading={card}>
      {({ scorecard }) => {
        const targets = targetsOf(scorecard.contents).filter((score) => !score.target.voided);
        const assessed = assessedOf(scorecard.contents);
        return (
          <>
            {targets.length + assessed.length === 0 && <Empty>Đơn vị này không có số liệu nào để giả định.</Empty>}
            {targets.length > 0 && <h3>Kết quả chỉ tiêu</h3>}
            {targets.map((score) => (
              <TargetFigure
                key={score.target.name}
                unit={unit}
                score={score}
                supposed={suppositions.get(score.target.name)}
                fault={faults.get(score.target.name) ?? ""}
                suppose={suppose}
              />
            ))}
            {assessed.length > 0 && scheme.answer && (
              <>
                <h3>Điểm chấm</h3>
                {assessed.map((criterion) => (
                  <Points
                    key={criterion.criterionId}
                    unit={unit}
                    criterion={criterion}
                    scheme={scheme.answer!.scheme}
                    supposed={suppositions.get(`${unit} ${criterion.criterionId}`)}
                    fault={faults.get(`${unit} ${criterion.criterionId}`) ?? ""}
                    suppose={suppose}
                  />
                ))}
              </>
            )}
          </>
        );
      }}
    </Shown>
  );
}
