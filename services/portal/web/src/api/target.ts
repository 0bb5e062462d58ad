// Of thidua/registry/v1/pact.proto and thidua/results/v1/result.proto, evidence.proto.
import type { Quantity } from "./quantity";

export interface Target {
  /** "{pact}/targets/{target}" */
  name: string;
  unit: string;
  criterionId: string;
  displayName: string;
  measure: string;
  kind: "KIND_UNSPECIFIED" | "KIND_SCORED" | "KIND_INFORMATIONAL";
  direction: "DIRECTION_UNSPECIFIED" | "DIRECTION_HIGHER_IS_BETTER" | "DIRECTION_LOWER_IS_BETTER";
  accumulation: string;
  /** What was registered for the year. */
  value?: Quantity;
  baseline?: Quantity;
  voided: boolean;
}

export interface Result {
  name: string;
  target: string;
  actual?: Quantity;
  statedPercent?: Quantity;
  note: string;
  revision: string;
  correctionReason: string;
  reportTime?: string;
  acknowledgedWarnings: string[];
  late: boolean;
  /** "blocs/{bloc}/pacts/{year}/evidence/{sha256}" */
  evidence: string[];
  explanation: string;
}

export interface ListResultRevisionsResponse {
  results: Result[];
  nextPageToken: string;
}

export interface Evidence {
  name: string;
  fileName: string;
  mediaType: string;
  size: string;
  uploadTime?: string;
}

export interface GetEvidenceResponse {
  evidence: Evidence;
}
