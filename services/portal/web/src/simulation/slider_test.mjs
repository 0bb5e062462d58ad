import assert from "node:assert/strict";
import { test } from "node:test";
import { figureAt, positionOf, scaleOf, scaleTo } from "./slider";

test("a slider gives exact figures, and has not too many positions", () => {
  const scale = scaleOf(["35000", "17893"]);
  assert.ok(scale.positions <= 201);
  assert.equal(figureAt(scale, 0), "0");
  assert.equal(figureAt(scale, scale.positions), "52500");
  assert.equal(figureAt(scale, positionOf(scale, "35000")), "35000");
  // Between two positions: the nearest.
  assert.equal(figureAt(scale, positionOf(scale, "17893")), "18000");
});

test("small and broken figures keep their digits", () => {
  const scale = scaleOf(["13.1", "0.2"]);
  assert.equal(figureAt(scale, positionOf(scale, "13.1")), "13.1");
  assert.equal(figureAt(scaleOf([""]), 100), "100");
});

test("points move in the steps that the rule allows", () => {
  const scale = scaleTo("10", "0.25");
  assert.equal(scale.positions, 40);
  assert.equal(figureAt(scale, 3), "0.75");
  assert.equal(positionOf(scale, "99"), 40);
  assert.equal(positionOf(scale, ""), 0);
});
