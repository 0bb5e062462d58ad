import assert from "node:assert/strict";
import { test } from "node:test";
import { knownAbout } from "./asking";

const fault = new Error("refused");

test("an answer is not shown under the name of another question, neither awaited nor failed", () => {
  const answered = { about: "before", body: "1", answer: "moves", reading: false };
  assert.deepEqual(knownAbout(answered, "before", "1"), { answer: "moves", fault: undefined, reading: false });
  assert.deepEqual(knownAbout(answered, "other", "2"), { answer: undefined, fault: undefined, reading: true });
  const failed = { about: "other", body: "2", fault, reading: false };
  assert.deepEqual(knownAbout(failed, "other", "2"), { answer: undefined, fault, reading: false });
  assert.deepEqual(knownAbout(failed, "before", "1"), { answer: undefined, fault: undefined, reading: true });
});

test("of the same thing the last answer stays while the next is awaited, and nothing where nothing is asked", () => {
  const answered = { about: "trial", body: "1", answer: "ranking", reading: false };
  assert.deepEqual(knownAbout(answered, "trial", "2"), { answer: "ranking", fault: undefined, reading: true });
  assert.deepEqual(knownAbout(answered, "trial", ""), { answer: undefined, fault: undefined, reading: false });
});
