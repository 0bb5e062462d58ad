import assert from "node:assert/strict";
import { test } from "node:test";
import { showDate, showTime } from "./date";

test("instants are shown in Vietnam's time", () => {
  assert.equal(showTime("2026-11-29T18:09:46.299Z"), "01:09 ngày 30/11/2026");
  assert.equal(showTime("2019-08-05T17:00:00Z"), "00:00 ngày 06/08/2019");
  assert.equal(showDate("2019-08-05T16:59:59Z"), "05/08/2019");
  assert.equal(showDate("không rõ"), "không rõ");
});
