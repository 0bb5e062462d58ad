// thidua/scoring/v1/scorecard.proto
import type { Result, Target } from "./target";

/** The fraction stands beside the decimal only where the decimal is rounded. */
export interface Amount {
  decimal: string;
  exact: string;
}

export interface Adjustment {
  kind: string;
  before?: Amount;
  after?: Amount;
  bonusBefore?: Amount;
  bonusAfter?: Amount;
  sentence: string;
}

export type AssessmentLayer =
  | "ASSESSMENT_LAYER_UNSPECIFIED"
  | "ASSESSMENT_LAYER_SELF"
  | "ASSESSMENT_LAYER_PEER"
  | "ASSESSMENT_LAYER_BLOC"
  | "ASSESSMENT_LAYER_PROVINCE";

export interface GivenScore {
  layer: AssessmentLayer;
  rater: string;
  raterDisplayName: string;
  points: string;
  bonus: string;
  figures: { figureId: string; displayName: string; value: string }[];
  revision: string;
  counts: boolean;
  roundedPoints: string;
  roundedBonus: string;
  pointsLeftOut: boolean;
  bonusLeftOut: boolean;
}

export interface FigureScore {
  figureId: string;
  displayName: string;
  value?: Amount;
  layer: AssessmentLayer;
  revisions: string[];
  counted?: Amount;
  pointsEach: string;
  points?: Amount;
  raters: number;
}

export interface PlaceScore {
  place: number;
  mark?: Amount;
  bloc: { unit: string; unitDisplayName: string; mark?: Amount; place: number }[];
  sharedBy: number;
}

export interface BestScore {
  unit: string;
  unitDisplayName: string;
  value?: Amount;
  sharedBy: number;
}

export interface FormulaInput {
  name: string;
  displayName: string;
  value?: Amount;
  isCondition: boolean;
}

export interface LimitScore {
  displayName: string;
  when: string;
  inputs: FormulaInput[];
  pointsAtMost?: Amount;
  noBonus: boolean;
}

export type AchievementBasis =
  | "ACHIEVEMENT_BASIS_UNSPECIFIED"
  | "ACHIEVEMENT_BASIS_COMPUTED"
  | "ACHIEVEMENT_BASIS_STATED"
  | "ACHIEVEMENT_BASIS_NOT_REPORTED"
  | "ACHIEVEMENT_BASIS_NOT_ASSIGNED"
  | "ACHIEVEMENT_BASIS_NOT_COMPUTABLE";

export interface TargetScore {
  target: Target;
  /** Absent: not reported. */
  result?: Result;
  basis: AchievementBasis;
  achievementPercent: string;
  counted: boolean;
  sharePoints: string;
  points: string;
  bonus: string;
  derivation: string;
  exact?: ScorecardExact;
  adjustments: Adjustment[];
  formulaInputs: FormulaInput[];
  withoutTarget: boolean;
}

export interface ScorecardExact {
  points: string;
  bonus: string;
  total: string;
  assignedPoints: string;
  percentOfAssigned: string;
  sharePoints: string;
  achievementPercent: string;
}

export interface CriterionScore {
  criterionId: string;
  displayName: string;
  clause: string;
  assigned: boolean;
  maxPoints: string;
  assignedPoints: string;
  points: string;
  bonus: string;
  targets: TargetScore[];
  children: CriterionScore[];
  note: string;
  ruleKind: string;
  rule: string;
  rawPoints?: Amount;
  rawBonus?: Amount;
  derivation: string;
  adjustments: Adjustment[];
  exact?: ScorecardExact;
  given: GivenScore[];
  figures: FigureScore[];
  place?: PlaceScore;
  best?: BestScore;
  bestWithoutTarget?: BestScore;
  formula?: { points: string; bonus: string; inputs: FormulaInput[] };
  limits: LimitScore[];
  countedChildId: string;
}

export interface Scorecard {
  name: string;
  unitDisplayName: string;
  rank: number;
  revision: string;
  points: string;
  bonus: string;
  total: string;
  assignedPoints: string;
  percentOfAssigned: string;
  contents: CriterionScore[];
  text: string;
  exact?: ScorecardExact;
  scheme: string;
  legalBasis: string;
}

export interface GetScorecardResponse {
  scorecard: Scorecard;
  stale: boolean;
}
