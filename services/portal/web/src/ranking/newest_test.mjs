import assert from "node:assert/strict";
import { test } from "node:test";
import { newestOf, tokenToNote, withLive } from "./newest";

const at = (revision) => ({ ranking: { revision }, freshnessToken: `token of ${revision}` });
const fault = new Error("refused");

test("a stream that begins anew with an older ranking does not take the newer one's place", () => {
  const told = withLive(withLive({}, at("r9")), at("r8"));
  assert.equal(newestOf({ answer: at("r7") }, told).ranking.revision, "r9");
  assert.equal(newestOf({ answer: at("r7") }, withLive(told, at("r91"))).ranking.revision, "r91");
});

test("what the watch tells is not shown before the reading has come or has failed", () => {
  const told = withLive({}, at("r4"));
  assert.equal(newestOf({}, told), undefined);
  assert.equal(newestOf({ answer: at("r5") }, told).ranking.revision, "r5");
  assert.equal(newestOf({ fault }, told).ranking.revision, "r4");
});

test("a ranking that is gone is not shown again until it is read again", () => {
  const read = at("r5");
  assert.equal(newestOf({ answer: read }, { gone: read }), undefined);
  assert.equal(newestOf({ answer: read, fault }, { gone: read }), undefined);
  assert.equal(newestOf({ answer: read }, withLive({ gone: read }, at("r1"))), undefined);
  assert.equal(newestOf({ answer: at("r1") }, { gone: read }).ranking.revision, "r1");
});

test("only what is newer than the reading says more than the tab's own token", () => {
  assert.equal(tokenToNote({}, { live: at("r4") }), "");
  assert.equal(tokenToNote({ fault }, { live: at("r4") }), "");
  assert.equal(tokenToNote({ answer: at("r5") }, { live: at("r4") }), "");
  assert.equal(tokenToNote({ answer: at("r5") }, { live: at("r5") }), "");
  assert.equal(tokenToNote({ answer: at("r5") }, { live: at("r6") }), "token of r6");
});
