// Server-sent events that answer a POST: read once, to the end.
import { send } from "./call";
import { offline, readFault } from "./fault";

/** "event: x\ndata: {…}" → its name and data; undefined: nothing to tell (a comment, the retry time). */
function readEvent(text: string): { name: string; data: unknown } | undefined {
  let name = "message";
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 ? undefined : { name, data: JSON.parse(data.join("\n")) };
}

/** Calls `take` with each event in turn. Throws a Fault when it was refused, at once or in the middle. */
export async function postForEvents(
  path: string,
  body: object,
  take: (name: string, data: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  const response = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  const reader = response.body?.getReader();
  if (!reader) throw offline();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    let piece: ReadableStreamReadResult<Uint8Array>;
    try {
      piece = await reader.read();
    } catch {
      throw offline();
    }
    if (piece.done) return;
    rest += decoder.decode(piece.value, { stream: true });
    const events = rest.split(/\r?\n\r?\n/);
    rest = events.pop() ?? "";
    for (const text of events) {
      const event = readEvent(text);
      if (event?.name === "error") {
        const code = (event.data as { error?: { code?: number } }).error?.code;
        throw readFault(code ?? 500, event.data);
      }
      if (event) take(event.name, event.data);
    }
  }
}
