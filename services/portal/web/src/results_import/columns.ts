// The columns of an office's table: which stands where, what a row says in it, and which one a fault is about.
import type { Column, ColumnField, ImportOutcome, ResultRow, RowFault } from "../api/import";
import type { Quantity } from "../api/quantity";
import { idOf } from "../shell/place";
import { showNumber } from "../text/number";
import { showQuantity } from "../text/quantity";

/** Where it is not known what the file looked like. */
const customary: Column[] = [
  { field: "UNIT", letter: "", title: "Đơn vị" },
  { field: "TARGET", letter: "", title: "Chỉ tiêu" },
  { field: "ACTUAL", letter: "", title: "Kết quả" },
  { field: "PERCENT", letter: "", title: "Tỷ lệ" },
  { field: "MEASURE", letter: "", title: "Đơn vị tính" },
  { field: "CORRECTION_REASON", letter: "", title: "Lý do sửa" },
];

/** Of these nothing is kept of a row. */
const notOfARow: ColumnField[] = ["PERIOD", "CONFIRMED"];

/** In the order in which they stand in the file: A, B, …, Z, AA. */
export function columnsShown(columns: Column[] | undefined): Column[] {
  return (columns ?? customary)
    .filter((column) => !notOfARow.includes(column.field))
    .sort((a, b) => a.letter.length - b.letter.length || a.letter.localeCompare(b.letter));
}

/** As it was written; a cell that holds a number, as officials write it; "không được giao", which is kept as such. */
function written(quantity: Quantity | undefined): string {
  if (quantity === undefined) return "";
  if (quantity.text !== "" || quantity.value !== "") return quantity.text || showNumber(quantity.value);
  return quantity.state === "STATE_UNSPECIFIED" ? "" : showQuantity(quantity);
}

export function cellOf(row: ResultRow, field: ColumnField): string {
  switch (field) {
    case "UNIT":
      return row.unitText;
    case "TARGET":
      return row.targetText;
    case "TARGET_CODE":
      return idOf(row.target);
    case "ACTUAL":
      return written(row.actual);
    case "PERCENT":
      return written(row.statedPercent);
    case "MEASURE":
      return row.actual?.measure ?? "";
    case "NOTE":
      return row.note;
    case "CORRECTION_REASON":
      return row.correctionReason;
    case "EXPLANATION":
      return row.explanation;
    case "EVIDENCE":
      return row.evidence.map((name) => `${idOf(name).slice(0, 8)}…`).join("; ");
    case "ACKNOWLEDGED":
      return row.acknowledgedWarnings.join("; ");
    case "PERIOD":
    case "CONFIRMED":
      return "";
  }
}

const faultFields: [string, ColumnField][] = [
  ["row.actual.measure", "MEASURE"],
  ["row.actual", "ACTUAL"],
  ["row.stated_percent", "PERCENT"],
  ["row.unit_text", "UNIT"],
  ["row.target_text", "TARGET"],
  ["row.target", "TARGET_CODE"],
  ["row.note", "NOTE"],
  ["row.correction_reason", "CORRECTION_REASON"],
  ["row.explanation", "EXPLANATION"],
  ["row.evidence", "EVIDENCE"],
  ["row.acknowledged_warnings", "ACKNOWLEDGED"],
  ["period", "PERIOD"],
];

/** The column that a fault is about; undefined: none of those that are there. */
export function columnOf(fault: RowFault, columns: Column[]): ColumnField | undefined {
  const field = faultFields.find(([path]) => fault.field.startsWith(path))?.[1];
  const has = (one: ColumnField) => columns.some((column) => column.field === one);
  // A target that was told in words is at fault where its words stand.
  if (field === "TARGET_CODE" && !has(field)) return has("TARGET") ? "TARGET" : undefined;
  return field !== undefined && has(field) ? field : undefined;
}

/** Of a page of rows, the columns that say something; a code only where nothing else says which target it is. */
export function columnsWithWords(columns: Column[], outcomes: ImportOutcome[]): Column[] {
  const named = columns.some((column) => column.field === "TARGET");
  return columns.filter(({ field }) => {
    const faulty = outcomes.some(({ outcome }) =>
      [...outcome.faults, ...outcome.warnings].some((fault) => columnOf(fault, columns) === field),
    );
    if (faulty || field === "UNIT" || field === "TARGET") return true;
    if (field === "TARGET_CODE" && named) return false;
    return outcomes.some(({ given }) => given !== undefined && cellOf(given, field) !== "");
  });
}

/** "Kết quả!B17" → the sheet and the row: "Kết quả, dòng 17"; "B17" → "Dòng 17". */
export function rowOfPlace(place: string, row: string): string {
  const at = /^(?:(.*)!)?\$?[A-Z]+\$?([0-9]+)$/.exec(place);
  if (at) return at[1] ? `${at[1].replace(/^'|'$/g, "")}, dòng ${at[2]}` : `Dòng ${at[2]}`;
  return place || `Dòng thứ ${Number(row) + 1}`;
}
