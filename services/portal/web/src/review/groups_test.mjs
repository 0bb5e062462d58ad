import assert from "node:assert/strict";
import { test } from "node:test";
import { byUnit, countOf, counted } from "./groups";

const line = (unit, standing) => ({ target: { unit }, unitDisplayName: unit, standing });
const lines = [
  line("units/b", "STANDING_BEHIND"),
  line("units/a", "STANDING_REACHED"),
  line("units/b", "STANDING_INFORMATIONAL"),
  line("units/b", "STANDING_BEHIND"),
];

test("what is only told is not counted", () => {
  assert.equal(counted(lines).length, 3);
  assert.equal(countOf(lines, "STANDING_BEHIND"), 2);
  assert.equal(countOf(lines, "STANDING_NOT_REPORTED"), 0);
});

test("units come in the order of the pact, each once", () => {
  assert.deepEqual(
    byUnit(lines).map((unit) => [unit.unit, unit.lines.length]),
    [
      ["units/b", 3],
      ["units/a", 1],
    ],
  );
});
