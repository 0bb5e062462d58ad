// thidua/scoring/v1/report.proto, and what of a pact stands in a report's figures.

export interface ReportSection {
  kind: "KIND_UNSPECIFIED" | "KIND_CONTENT" | "KIND_SHORTCOMINGS" | "KIND_DIRECTIONS" | "KIND_PROPOSALS";
  criterionId: string;
  paragraphs: string[];
}

export interface ReportComment {
  unit: string;
  unitDisplayName: string;
  text: string;
  reportVersion: string;
  time?: string;
}

export interface Member {
  unit: string;
  displayName: string;
  role: "ROLE_UNSPECIFIED" | "ROLE_MEMBER" | "ROLE_LEADER" | "ROLE_DEPUTY";
}

export interface ReportFigures {
  taking: number;
  takeTime?: string;
  pact?: { members: Member[]; schemeContent?: { contents: { criterionId: string; displayName: string }[] } };
  stale: boolean;
}

export type ReportState = "STATE_UNSPECIFIED" | "STATE_DRAFT" | "STATE_COMMENTED" | "STATE_FINAL";

export interface Report {
  /** "{period}/reports/{report}" */
  name: string;
  blocDisplayName: string;
  periodDisplayName: string;
  periodKind: string;
  state: ReportState;
  /** Absent in lists and in the answers of changes. */
  figures?: ReportFigures;
  sections: ReportSection[];
  comments: ReportComment[];
  missingSections: ReportSection[];
  version: string;
  etag: string;
  createTime?: string;
  updateTime?: string;
  finaliseTime?: string;
  finalisedBy: string;
  digest: string;
}

export interface GetReportResponse {
  report: Report;
  figuresOvertaken: boolean;
}

export interface ListReportsResponse {
  reports: Report[];
  nextPageToken: string;
}

/** Of every change of a report. */
export interface ReportChanged {
  report: Report;
  freshnessToken: string;
}
