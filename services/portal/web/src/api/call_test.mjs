import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { ask, change, read, readList } from "./call";
import { freshnessFor, noteFreshness } from "./freshness";

globalThis.crypto ??= webcrypto; // Node 18 has it, but not where browsers have it.

const period = "blocs/x/pacts/2019/periods/nam";
const json = (status, body) => new Response(JSON.stringify(body), { status });
const otherStore = () =>
  json(400, {
    error: {
      status: "FAILED_PRECONDITION",
      message: "Kho khác.",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "FRESHNESS_OTHER_STORE" }],
    },
  });

// Answers each call in turn; answers what was asked for.
function answering(t, ...answers) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url, init) => {
    asked.push({ url, body: init.body && JSON.parse(init.body) });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("connection lost");
    return answer;
  });
  return asked;
}

test("a change that a person sends again after a failure is the same change, and after success another", async (t) => {
  const asked = answering(t, json(500, {}), json(200, {}), json(200, {}));
  const send = () => change(`/v1/${period}/reports/1:comment`, { unit: "units/a", text: "Đồng ý" });
  await assert.rejects(send());
  await send();
  await send();
  const [failed, again, another] = asked.map(({ body }) => body.requestId);
  assert.equal(again, failed);
  assert.notEqual(another, failed);
});

test("a change with other words is another change; how new the figures are makes no difference", async (t) => {
  const asked = answering(t, json(500, {}), json(500, {}), json(500, {}), json(500, {}));
  await assert.rejects(change("/v1/a:comment", { text: "Một" }));
  await assert.rejects(change("/v1/a:comment", { text: "Hai" }));
  await assert.rejects(change("/v1/a/reports", { freshnessToken: "t1" }));
  await assert.rejects(change("/v1/a/reports", { freshnessToken: "t2" }));
  const [one, two, draft, newer] = asked.map(({ body }) => body.requestId);
  assert.notEqual(two, one);
  assert.equal(newer, draft);
});

test("a change whose answer breaks off is sent again by itself, as the same", async (t) => {
  t.mock.method(globalThis, "setTimeout", (work) => queueMicrotask(work));
  const asked = answering(t, new Response('{"report":'), undefined, json(200, { report: 1 }));
  assert.deepEqual(await change("/v1/b:comment", { text: "Một" }), { report: 1 });
  assert.equal(new Set(asked.map(({ body }) => body.requestId)).size, 1);
  assert.equal(asked.length, 3);
});

test("a token of another store is forgotten by questions as by readings, and asked again without", async (t) => {
  noteFreshness(period, "dead");
  const asked = answering(t, otherStore(), json(200, { is: "answered" }), json(200, { is: "read" }));
  assert.deepEqual(await ask("/v1/rankings:compare", { before: 1, freshnessToken: "dead" }), { is: "answered" });
  assert.equal(asked[0].body.freshnessToken, "dead");
  assert.equal(asked[1].body.freshnessToken, "");
  assert.equal(freshnessFor(period), "");
  assert.deepEqual(await read(`/v1/${period}/ranking`), { is: "read" });
  assert.equal(asked[2].url, `/v1/${period}/ranking`);
});

test("a reading with a token of another store is asked again without, once", async (t) => {
  noteFreshness(period, "dead");
  const asked = answering(t, otherStore(), otherStore());
  await assert.rejects(read(`/v1/${period}/ranking`), { reason: "FRESHNESS_OTHER_STORE" });
  assert.deepEqual(
    asked.map(({ url }) => url),
    [`/v1/${period}/ranking?freshnessToken=dead`, `/v1/${period}/ranking`],
  );
});

test("a list is read to its end, and is as old as its oldest page", async (t) => {
  const asked = answering(
    t,
    json(200, { rankings: [1, 2], nextPageToken: "two", stale: true }),
    json(200, { rankings: [3], nextPageToken: "", stale: false }),
    json(200, { reports: [], nextPageToken: "" }),
  );
  assert.deepEqual(await readList("/v1/rankings", "rankings", { periods: "p" }), {
    rankings: [1, 2, 3],
    nextPageToken: "",
    stale: true,
  });
  assert.deepEqual(await readList(`/v1/${period}/reports`, "reports"), { reports: [], nextPageToken: "" });
  assert.deepEqual(
    asked.map(({ url }) => url),
    [
      "/v1/rankings?pageSize=1000&periods=p",
      "/v1/rankings?pageSize=1000&periods=p&pageToken=two",
      `/v1/${period}/reports?pageSize=1000`,
    ],
  );
});
