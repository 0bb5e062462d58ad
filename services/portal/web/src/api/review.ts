// thidua/scoring/v1/review.proto
import type { Result, Target } from "./target";

export type Standing =
  | "STANDING_UNSPECIFIED"
  | "STANDING_REACHED"
  | "STANDING_ON_PACE"
  | "STANDING_BEHIND"
  | "STANDING_NOT_REPORTED"
  | "STANDING_NOT_COMPUTABLE"
  | "STANDING_INFORMATIONAL"
  | "STANDING_NOT_ASSIGNED"
  | "STANDING_VOIDED";

export interface AwaitedUnit {
  unit: string;
  unitDisplayName: string;
  note: string;
}

export interface ReviewLine {
  target: Target;
  unitDisplayName: string;
  result?: Result;
  standing: Standing;
  standingAsStated: Standing;
  basis: string;
  achievementPercent: string;
  sentence: string;
  dueNow: string;
  missingTotal: string;
  missingPerMonth: string;
  missingPerMonthExact: string;
  awaited: AwaitedUnit[];
  missingSentence: string;
}

export interface MidYearReview {
  name: string;
  blocDisplayName: string;
  periodDisplayName: string;
  pacePercent: string;
  pactVersion: string;
  periodVersion: string;
  dataTime?: string;
  lines: ReviewLine[];
  monthsLeft: number;
}

export interface GetMidYearReviewResponse {
  review: MidYearReview;
  stale: boolean;
}
