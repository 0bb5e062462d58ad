import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, columnOf, columnsShown, columnsWithWords, rowOfPlace } from "./columns";

const column = (field, letter) => ({ field, letter, title: field });

test("columns stand as they do in the file, and those that no row keeps are left out", () => {
  const shown = columnsShown([column("ACTUAL", "AA"), column("PERIOD", "B"), column("UNIT", "C"), column("TARGET", "A")]);
  assert.deepEqual(
    shown.map((one) => one.letter),
    ["A", "C", "AA"],
  );
  assert.ok(columnsShown(undefined).some((one) => one.field === "ACTUAL"));
});

test("a fault finds its column, the narrower field first", () => {
  const columns = [column("TARGET", "A"), column("ACTUAL", "B"), column("MEASURE", "C"), column("PERCENT", "D")];
  const at = (field) => columnOf({ field, reason: "", message: "", suggestion: "" }, columns);
  assert.equal(at("row.actual"), "ACTUAL");
  assert.equal(at("row.actual.text"), "ACTUAL");
  assert.equal(at("row.actual.measure"), "MEASURE");
  assert.equal(at("row.stated_percent"), "PERCENT");
  // Told in words: at fault where its words stand.
  assert.equal(at("row.target"), "TARGET");
  // No such column in the file, or of no column at all.
  assert.equal(at("row.correction_reason"), undefined);
  assert.equal(at("row"), undefined);
});

test("cells say what was written; a cell that held a number, as officials write it", () => {
  const quantity = (value, text, measure) => ({ state: "STATE_UNSPECIFIED", value, qualifier: "", measure, text });
  const row = {
    target: "blocs/b/pacts/2019/targets/viec-lam",
    actual: quantity("17893.5", "", "lượt"),
    statedPercent: quantity("", "51,12%", ""),
    note: "",
    correctionReason: "Bổ sung",
    acknowledgedWarnings: ["PERCENT_DISAGREES"],
    evidence: [],
    explanation: "",
    unitText: "Sở Y tế",
    targetText: "",
  };
  assert.equal(cellOf(row, "ACTUAL"), "17.893,5");
  assert.equal(cellOf(row, "PERCENT"), "51,12%");
  assert.equal(cellOf(row, "MEASURE"), "lượt");
  assert.equal(cellOf(row, "TARGET_CODE"), "viec-lam");
  assert.equal(cellOf({ ...row, actual: undefined }, "ACTUAL"), "");
  const word = { ...quantity("", "", ""), state: "STATE_NOT_ASSIGNED" };
  assert.equal(cellOf({ ...row, actual: word }, "ACTUAL"), "không được giao");
});

test("a place is told by its row", () => {
  assert.equal(rowOfPlace("B17", "0"), "Dòng 17");
  assert.equal(rowOfPlace("Kết quả!B17", "0"), "Kết quả, dòng 17");
  assert.equal(rowOfPlace("'6 tháng'!AA3", "0"), "6 tháng, dòng 3");
  assert.equal(rowOfPlace("", "4"), "Dòng thứ 5");
});

test("columns without a word are left out, but not where a word is missing", () => {
  const columns = ["TARGET_CODE", "UNIT", "TARGET", "NOTE", "CORRECTION_REASON"].map((field) => column(field, ""));
  const given = {
    target: "blocs/b/pacts/2019/targets/viec-lam",
    note: "",
    correctionReason: "",
    acknowledgedWarnings: [],
    evidence: [],
    explanation: "",
    unitText: "",
    targetText: "",
  };
  const outcome = { target: given.target, kind: "KIND_REJECTED", faults: [], warnings: [], late: false };
  const fields = (...faults) =>
    columnsWithWords(columns, [{ row: "0", place: "", given, outcome: { ...outcome, faults } }]).map((one) => one.field);
  assert.deepEqual(fields(), ["UNIT", "TARGET"]);
  assert.deepEqual(fields({ field: "row.correction_reason", reason: "", message: "", suggestion: "" }), [
    "UNIT",
    "TARGET",
    "CORRECTION_REASON",
  ]);
});
