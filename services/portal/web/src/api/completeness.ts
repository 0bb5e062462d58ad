// GetCompleteness of thidua/results/v1/results_service.proto: who has reported what.

export type SubmissionState =
  | "STATE_UNSPECIFIED"
  | "STATE_NOT_SUBMITTED"
  | "STATE_SUBMITTED"
  | "STATE_RETURNED"
  | "STATE_VERIFIED"
  | "STATE_CHANGED";

export interface CompletenessRow {
  /** Empty: of all. */
  unit: string;
  expected: number;
  reported: number;
  inTime: number;
  late: number;
  missing: number;
  notAssigned: number;
  missingTargets: string[];
  submission: SubmissionState;
}

export interface GetCompletenessResponse {
  units: CompletenessRow[];
  total: CompletenessRow;
  periodVersion: string;
  sealed: boolean;
}
