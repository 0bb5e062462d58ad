import assert from "node:assert/strict";
import { test } from "node:test";
import {
  barPercent,
  compareNumbers,
  greatest,
  isZero,
  printMachine,
  readDecimal,
  readNumber,
  showChange,
  showNumber,
  showPercent,
  sum,
} from "./number";

test("machine decimals are shown as officials write them", () => {
  for (const [machine, shown] of [
    ["0", "0"],
    ["332.3000", "332,3"],
    ["17893", "17.893"],
    ["4268000000000", "4.268.000.000.000"],
    ["-1234.50", "-1.234,5"],
    ["-0.00", "0"],
    ["100.0", "100"],
    ["0.05", "0,05"],
    ["123456789012345678.123456789", "123.456.789.012.345.678,123456789"],
    ["", ""],
    ["100/3", "100/3"],
  ]) {
    assert.equal(showNumber(machine), shown);
  }
  assert.equal(showChange("2.5"), "+2,5");
  assert.equal(showChange("-2.5"), "-2,5");
  assert.equal(showChange("0.0"), "0");
  assert.equal(showPercent("51.1231"), "51,1231%");
  assert.equal(showPercent(""), "–");
});

test("numbers are read as officials write them, and nothing else is", () => {
  for (const [text, machine] of [
    ["17.893", "17893"],
    ["17893", "17893"],
    ["51,5", "51.5"],
    [" 1.000.000,25 ", "1000000.25"],
    ["08", "8"],
    ["-3", "-3"],
    ["0,20", "0.20"],
  ]) {
    assert.equal(readNumber(text), machine);
  }
  for (const text of ["", "1.00", "1,2,3", "12.34", "1e5", "năm", "1.0000", "1,", ",5", "5%"]) {
    assert.equal(readNumber(text), undefined, text);
  }
});

test("comparing, adding and printing are exact", () => {
  assert.equal(compareNumbers("0.1", "0.10"), 0);
  assert.equal(compareNumbers("9007199254740993", "9007199254740992"), 1);
  assert.equal(compareNumbers("-2", "1.5"), -1);
  assert.equal(sum(["0.1", "0.2", ""]), "0.3");
  assert.equal(greatest(["2", "10", "9.99"]), "10");
  assert.equal(printMachine(readDecimal("-0.05")), "-0.05");
  assert.ok(isZero("0.00") && isZero("-0") && !isZero("0.01"));
});

test("bars stay within their frame", () => {
  assert.equal(barPercent("325", "650"), 50);
  assert.equal(barPercent("700", "650"), 100);
  assert.equal(barPercent("-3", "650"), 0);
  assert.equal(barPercent("1", "0"), 0);
  assert.equal(barPercent("1", "3"), 33.33);
});
