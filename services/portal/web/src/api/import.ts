// Imports of results: thidua/results/v1/import.proto, what of results_service.proto is about them, and the upload
// of a file, which answers a plan.
import { address, newRequestId, withFreshness } from "./call";
import { Fault, offline, readFault } from "./fault";
import { freshnessFor } from "./freshness";
import type { Quantity } from "./quantity";
import type { Result } from "./target";

export interface ImportCounts {
  created: string;
  updated: string;
  unchanged: string;
  rejected: string;
  warned: string;
  ambiguous: string;
}

export interface Import {
  /** "imports/{import}" */
  name: string;
  mode: string;
  period: string;
  state: "STATE_UNSPECIFIED" | "STATE_RECEIVING" | "STATE_PLANNED" | "STATE_STORED";
  nextRow: string;
  counts: ImportCounts;
  createTime?: string;
  expireTime?: string;
}

export interface GetImportResponse {
  import: Import;
}

export interface RowFault {
  /** "row.actual" */
  field: string;
  reason: string;
  message: string;
  suggestion: string;
}

export type OutcomeKind =
  | "KIND_UNSPECIFIED"
  | "KIND_CREATED"
  | "KIND_UPDATED"
  | "KIND_UNCHANGED"
  | "KIND_REJECTED";

export interface ResultRow {
  target: string;
  actual?: Quantity;
  statedPercent?: Quantity;
  note: string;
  correctionReason: string;
  acknowledgedWarnings: string[];
  evidence: string[];
  explanation: string;
  unitText: string;
  targetText: string;
}

export interface ImportOutcome {
  row: string;
  /** "Kết quả!B17" */
  place: string;
  /** The row as it came. */
  given?: ResultRow;
  outcome: {
    target: string;
    kind: OutcomeKind;
    faults: RowFault[];
    warnings: RowFault[];
    /** UPDATED: what was there. */
    before?: Result;
    late: boolean;
  };
}

export interface ListImportOutcomesResponse {
  outcomes: ImportOutcome[];
  nextPageToken: string;
}

export type ColumnField =
  | "UNIT"
  | "TARGET"
  | "TARGET_CODE"
  | "ACTUAL"
  | "PERCENT"
  | "MEASURE"
  | "NOTE"
  | "CORRECTION_REASON"
  | "EXPLANATION"
  | "EVIDENCE"
  | "ACKNOWLEDGED"
  | "PERIOD"
  | "CONFIRMED";

export interface Column {
  field: ColumnField;
  /** Empty: not known from which. */
  letter: string;
  title: string;
}

/** What an upload answers: the plan, and what of the file it does not say. */
export interface PlannedFile {
  import: Import;
  freshnessToken: string;
  knownRows: string;
  passedOver: { withoutFigure: string; notConfirmed: string };
  unknownColumns: string[];
  columns: Column[];
}

export interface CommitImportResponse {
  progress?: { rows: string };
  committed?: { import: Import; freshnessToken: string };
}

/** A plan of its own for every upload: the same file planned again is held against the figures as they are then. */
export function newImportName(): string {
  return `imports/nhap-${newRequestId().replace(/[^0-9a-f]/g, "").slice(0, 16)}`;
}

/** Sends a file, which stores nothing. `sent` is told how much of it has left, from 0 to 1. */
export function planFile(
  period: string,
  file: File,
  name: string,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<PlannedFile> {
  return withFreshness(freshnessFor(period), (token) => sendFile(period, file, name, token, sent, signal));
}

function sendFile(
  period: string,
  file: File,
  name: string,
  freshnessToken: string,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<PlannedFile> {
  return new Promise((resolve, reject) => {
    // Not fetch: it does not tell how far an upload is.
    const request = new XMLHttpRequest();
    request.open(
      "POST",
      address(`/files/v1/${period}/results`, {
        file_name: file.name,
        import: name,
        freshness_token: freshnessToken,
      }),
    );
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) sent(event.loaded / event.total);
    };
    request.upload.onload = () => sent(1);
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new Fault(0, "CANCELLED", "", "Đã hủy."));
    request.onload = () => {
      if (request.status < 300) resolve(request.response as PlannedFile);
      else reject(readFault(request.status, request.response));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
