// Calls of the gateway. All answers are JSON, all refusals a Fault.
import { Fault, offline, readFault } from "./fault";
import { forgetFreshness, freshnessFor, noteFreshness } from "./freshness";

export type Query = Record<string, string | number | boolean | undefined>;

/** "/v1/blocs/x/…?a=1"; what is empty or undefined is left out. */
export function address(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "" && value !== false) asked.set(name, String(value));
  }
  const text = asked.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Sends it, and answers only what was accepted. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (fault) {
    if (init.signal?.aborted) throw fault;
    throw offline();
  }
  if (response.ok) return response;
  throw readFault(response.status, await response.json().catch(() => undefined));
}

/** Reads, never older than what this tab has written. */
export async function read<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const freshnessToken = freshnessFor(path);
  const init = { headers: { Accept: "application/json" }, signal: signal ?? null };
  try {
    return (await (await send(address(path, { ...query, freshnessToken }), init)).json()) as Answer;
  } catch (fault) {
    if (!(fault instanceof Fault) || freshnessToken === "" || fault.reason !== "FRESHNESS_OTHER_STORE")
      throw fault;
    forgetFreshness(freshnessToken);
    return (await (await send(address(path, query), init)).json()) as Answer;
  }
}

/** Asks something that takes a body and changes nothing: a comparison, a supposition. */
export async function ask<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
  const response = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  return (await response.json()) as Answer;
}

export function newRequestId(): string {
  return (
    crypto.randomUUID?.() ??
    Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join("-")
  );
}

const pauses = [500, 1500, 4000];

/**
 * One change. However often it is sent, it is carried out once: every attempt carries the same request id. Sent
 * again by itself when nobody can tell whether it took effect.
 */
export async function change<Answer extends { freshnessToken?: string }>(
  path: string,
  body: object,
  requestId: string = newRequestId(),
): Promise<Answer> {
  for (let attempt = 0; ; ++attempt) {
    try {
      const answer = await ask<Answer>(path, { ...body, requestId });
      noteFreshness(path, answer.freshnessToken);
      return answer;
    } catch (fault) {
      const pause = pauses[attempt];
      if (!(fault instanceof Fault) || !fault.mayPass || pause === undefined) throw fault;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}
