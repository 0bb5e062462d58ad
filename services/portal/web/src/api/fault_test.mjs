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
