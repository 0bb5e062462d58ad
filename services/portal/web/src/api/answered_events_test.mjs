import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { postForEvents } from "./answered_events";

/** Answers every request with these pieces, one write each. */
async function answering(pieces, work) {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resume) => setImmediate(resume));
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
  }
}

test("events are told in turn, however the line cuts them, and comments are passed over", async () => {
  const bytes = Buffer.from(
    'retry: 3000\n\n: nhịp\n\nevent: progress\ndata: {"progress":{"rows":"7"}}\n\n' +
      'event: committed\nid: x\ndata: {"committed":{"chữ":"đã lưu"}}\n\n',
  );
  // Also in the middle of a letter.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, at) => bytes.subarray(at * 5, at * 5 + 5));
  await answering(pieces, async (url) => {
    const taken = [];
    await postForEvents(url, {}, (name, data) => taken.push([name, data]));
    assert.deepEqual(taken, [
      ["progress", { progress: { rows: "7" } }],
      ["committed", { committed: { chữ: "đã lưu" } }],
    ]);
  });
});

test("a refusal in the middle is thrown as one at once would be", async () => {
  const error = { error: { code: 409, status: "ABORTED", message: "Đã đổi.", details: [] } };
  await answering([`event: progress\ndata: {}\n\nevent: error\ndata: ${JSON.stringify(error)}\n\n`], async (url) => {
    await assert.rejects(postForEvents(url, {}, () => {}), { status: 409, code: "ABORTED", sentence: "Đã đổi." });
  });
});
