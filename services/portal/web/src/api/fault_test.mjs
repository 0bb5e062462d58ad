import assert from "node:assert/strict";
import { test } from "node:test";
import { readFault } from "./fault";

test("a refusal is told by its Vietnamese sentence, and by its fields", () => {
  const fault = readFault(400, {
    error: {
      code: 400,
      status: "INVALID_ARGUMENT",
      message: "Số dài quá.",
      details: [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "NUMBER_TOO_LONG", domain: "thidua" },
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "overlay.results[0].actual", description: "NUMBER_TOO_LONG: Số dài quá." }],
        },
      ],
    },
  });
  assert.equal(fault.sentence, "Số dài quá.");
  assert.equal(fault.reason, "NUMBER_TOO_LONG");
  assert.deepEqual(fault.fields, [
    { field: "overlay.results[0].actual", reason: "NUMBER_TOO_LONG", sentence: "Số dài quá." },
  ]);
  assert.ok(!fault.mayPass);
});

test("what is no JSON is told all the same", () => {
  const fault = readFault(503, undefined);
  assert.match(fault.sentence, /503/);
  assert.ok(fault.mayPass);
});

test("only what is refused for who one is wants somebody to sign in", () => {
  const refused = (status, reason) =>
    readFault(status, {
      error: { details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "thidua" }] },
    }).wantsSignIn;
  assert.ok(refused(401, "NOT_SIGNED_IN"));
  assert.ok(refused(401, "TOKEN_EXPIRED"));
  assert.ok(refused(403, "NOT_ALLOWED"));
  assert.ok(!refused(403, "OWN_UNIT"));
  assert.ok(!refused(404, "PERIOD_UNKNOWN"));
});
