// thidua/scoring/v1/required_effort.proto
import type { ComparedPlace } from "./comparison";
import type { Quantity } from "./quantity";

export interface RequiredFigure {
  target: string;
  displayName: string;
  now?: Quantity;
  needed?: Quantity;
  missing: string;
  missingPerMonth: string;
  shortOf: string;
}

export interface RequiredEffort {
  unitDisplayName: string;
  outcome:
    | "OUTCOME_UNSPECIFIED"
    | "OUTCOME_ALREADY"
    | "OUTCOME_REACHABLE"
    | "OUTCOME_IMPOSSIBLE"
    | "OUTCOME_NOT_FOUND";
  isLeast: boolean;
  figures: RequiredFigure[];
  now?: ComparedPlace;
  then?: ComparedPlace;
  withStepLess?: ComparedPlace;
  monthsLeft: number;
  sentence: string;
  notes: string[];
}

export interface GetRequiredEffortResponse {
  effort: RequiredEffort;
  stale: boolean;
}
