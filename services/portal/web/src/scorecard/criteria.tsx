// The scheme's tree with what the unit earned at each node.
import type { ReviewLine } from "../api/review";
import type { CriterionScore } from "../api/scorecard";
import { isZero, showNumber } from "../text/number";
import { Derivation } from "./derivation";
import { Targets } from "./targets";

function Points({ criterion }: { criterion: CriterionScore }) {
  if (!criterion.assigned) {
    return <span class="criterion-points soft">không tính (tối đa {showNumber(criterion.maxPoints)})</span>;
  }
  return (
    <span class="criterion-points">
      <strong>{showNumber(criterion.points)}</strong>/{showNumber(criterion.assignedPoints)} điểm
      {!isZero(criterion.bonus) && ` + ${showNumber(criterion.bonus)} thưởng`}
    </span>
  );
}

/** Roundings are told in the derivation; what cuts points, or why there are none, is told at once. */
function saysMore(criterion: CriterionScore): boolean {
  const { note, adjustments } = criterion;
  return note !== "" && (adjustments.length === 0 || adjustments.some((step) => step.kind !== "KIND_ROUNDED"));
}

export function Criterion({
  criterion,
  lines,
  pace,
  depth = 0,
}: {
  criterion: CriterionScore;
  lines: ReviewLine[];
  pace: string;
  depth?: number;
}) {
  const Heading = `h${Math.min(depth + 2, 6)}` as "h2";
  return (
    <section class={`criterion depth-${Math.min(depth, 4)}`}>
      <Heading>
        <span>{criterion.displayName}</span> <Points criterion={criterion} />
      </Heading>
      {saysMore(criterion) && <p class="soft">{criterion.note}</p>}
      <Targets name={criterion.displayName} scores={criterion.targets} lines={lines} pace={pace} />
      <Derivation criterion={criterion} />
      {criterion.children.map((child) => (
        <Criterion key={child.criterionId} criterion={child} lines={lines} pace={pace} depth={depth + 1} />
      ))}
    </section>
  );
}

/** Every target with its score, in the order of the tree. */
export function targetsOf(criteria: CriterionScore[]): CriterionScore["targets"] {
  return criteria.flatMap((one) => [...one.targets, ...targetsOf(one.children)]);
}
