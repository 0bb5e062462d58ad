// thidua/scoring/v1/simulation.proto, and what of a scheme says how points may be given.
import type { RankingComparison } from "./comparison";
import type { Quantity } from "./quantity";
import type { Ranking } from "./ranking";
import type { AssessmentLayer } from "./scorecard";

export interface SupposedResult {
  target: string;
  actual?: Partial<Quantity>;
  statedPercent?: Partial<Quantity>;
}

export interface SupposedAssessment {
  unit: string;
  criterionId: string;
  layer: AssessmentLayer;
  points: string;
}

export interface RankingOverlay {
  results: SupposedResult[];
  assessments: SupposedAssessment[];
}

export interface SimulateRankingResponse {
  ranking: Ranking;
  comparison: RankingComparison;
  warnings: { field: string; reason: string; message: string }[];
  stale: boolean;
}

export interface Criterion {
  criterionId: string;
  children: Criterion[];
  assessed?: { step: string; scaleMax: string };
}

export interface GetSchemeResponse {
  scheme: { contents: Criterion[]; assessmentPrecedence: AssessmentLayer[] };
}
