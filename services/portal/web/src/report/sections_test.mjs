import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfField, paragraphsOf, partsOf } from "./sections";

test("each line that says something is a paragraph", () => {
  assert.deepEqual(paragraphsOf("  Một. \n\n Hai.\n   \n"), ["Một.", "Hai."]);
  assert.deepEqual(paragraphsOf(" \n"), []);
});

test("a refusal's field leads to the part that it is about", () => {
  assert.equal(keyOfField("sections.KIND_CONTENT.noi-dung-2"), "KIND_CONTENT noi-dung-2");
  assert.equal(keyOfField("sections.KIND_DIRECTIONS"), "KIND_DIRECTIONS");
  assert.equal(keyOfField("etag"), "");
});

test("the parts are the scheme's contents and what a report always has, with what was written", () => {
  const parts = partsOf({
    figures: { pact: { members: [], schemeContent: { contents: [{ criterionId: "nd-1", displayName: "Nội dung 1" }] } } },
    sections: [{ kind: "KIND_PROPOSALS", criterionId: "", paragraphs: ["Một.", "Hai."] }],
    missingSections: [{ kind: "KIND_CONTENT", criterionId: "nd-1", paragraphs: [] }],
  });
  assert.deepEqual(
    parts.map(({ key, text, missing }) => [key, text, missing]),
    [
      ["KIND_CONTENT nd-1", "", true],
      ["KIND_SHORTCOMINGS", "", false],
      ["KIND_DIRECTIONS", "", false],
      ["KIND_PROPOSALS", "Một.\nHai.", false],
    ],
  );
});
