// thidua/scoring/v1/comparison.proto
import type { Quantity } from "./quantity";

export interface ComparedState {
  period: string;
  periodDisplayName: string;
  revision: string;
  pactVersion: string;
  periodVersion: string;
  scheme: string;
  dataTime?: string;
}

export interface ComparedPlace {
  /** 0: not ranked. */
  rank: number;
  points: string;
  bonus: string;
  total: string;
  assignedPoints: string;
  percentOfAssigned: string;
}

export interface ComparedUnit {
  unit: string;
  unitDisplayName: string;
}

export type MoveCause =
  | "MOVE_CAUSE_UNSPECIFIED"
  | "MOVE_CAUSE_SCHEME"
  | "MOVE_CAUSE_PACT"
  | "MOVE_CAUSE_OWN_RESULT"
  | "MOVE_CAUSE_CORRECTION"
  | "MOVE_CAUSE_ASSESSMENT"
  | "MOVE_CAUSE_OTHERS"
  | "MOVE_CAUSE_BLOC_BEST";

export interface PointsMove {
  cause: MoveCause;
  criterionId: string;
  displayName: string;
  points: string;
}

export interface FigureChange {
  target: string;
  displayName: string;
  before?: Quantity;
  after?: Quantity;
  statedPercentBefore: string;
  statedPercentAfter: string;
  isCorrection: boolean;
}

export interface UnitComparison {
  unit: string;
  unitDisplayName: string;
  /** Absent: no member on that side. */
  before?: ComparedPlace;
  after?: ComparedPlace;
  change: string;
  pointsMoves: PointsMove[];
  rankMoves: { cause: MoveCause; places: number }[];
  passed: ComparedUnit[];
  passedBy: ComparedUnit[];
  figureChanges: FigureChange[];
  sentence: string;
}

export interface RankingComparison {
  before: ComparedState;
  after: ComparedState;
  units: UnitComparison[];
  bestMoves: { criterionId: string; displayName: string; sentence: string }[];
  notes: string[];
}

/** At most one of revision and periodVersion. */
export interface RankingMoment {
  period: string;
  revision?: string;
  periodVersion?: string;
}

export interface CompareRankingsResponse {
  comparison: RankingComparison;
  stale: boolean;
}
