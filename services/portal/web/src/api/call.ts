// Calls of the gateway. All answers are JSON, all refusals a Fault.
import { Fault, offline, readFault } from "./fault";
import { forgetFreshness, freshnessFor, noteFreshness } from "./freshness";

/** Of a question or a change. */
export interface Body {
  freshnessToken?: string;
  [field: string]: unknown;
}

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

/** The answer's JSON; one that breaks off is as good as none. */
async function answerTo<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const response = await send(url, init);
  try {
    return (await response.json()) as Answer;
  } catch (fault) {
    if (init.signal?.aborted) throw fault;
    throw offline();
  }
}

/** Once more without the token when the store that it spoke of is another one now. */
export async function withFreshness<Answer>(
  freshnessToken: string,
  work: (freshnessToken: string) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work(freshnessToken);
  } catch (fault) {
    if (!(fault instanceof Fault) || freshnessToken === "" || fault.reason !== "FRESHNESS_OTHER_STORE")
      throw fault;
    forgetFreshness(freshnessToken);
    return work("");
  }
}

/** Reads, never older than what this tab has written. */
export function read<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const init = { headers: { Accept: "application/json" }, signal: signal ?? null };
  return withFreshness(freshnessFor(path), (freshnessToken) =>
    answerTo<Answer>(address(path, { ...query, freshnessToken }), init),
  );
}

/** Reads a list to its end: one answer with what all of its pages have under `name`. */
export async function readList<Answer extends { nextPageToken: string; stale?: boolean }>(
  path: string,
  name: keyof Answer,
  query: Query = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const all: unknown[] = [];
  let stale = false;
  let pageToken = "";
  for (;;) {
    const page = await read<Answer>(path, { pageSize: 1000, ...query, pageToken }, signal);
    all.push(...(page[name] as unknown[]));
    stale ||= page.stale ?? false;
    pageToken = page.nextPageToken;
    if (pageToken === "") return { ...page, [name]: all, ...(page.stale === undefined ? {} : { stale }) };
  }
}

/** Asks something that takes a body and changes nothing: a comparison, a supposition. */
export function ask<Answer>(
  path: string,
  body: Body,
  signal?: AbortSignal,
): Promise<Answer> {
  return withFreshness(body.freshnessToken ?? "", (freshnessToken) =>
    answerTo<Answer>(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify("freshnessToken" in body ? { ...body, freshnessToken } : body),
      signal: signal ?? null,
    }),
  );
}

export function newRequestId(): string {
  return (
    crypto.randomUUID?.() ??
    Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join("-")
  );
}

const pauses = [500, 1500, 4000];

// Of changes of which nobody can tell yet whether they took effect, or that were refused.
const requestIds = new Map<string, string>();

/**
 * One change. However often it is sent, it is carried out once: every attempt carries the same request id, and so does
 * the same change when a person sends it again after a failure. Sent again by itself when nobody can tell whether it
 * took effect.
 */
export async function change<Answer extends { freshnessToken?: string }>(
  path: string,
  body: Body,
): Promise<Answer> {
  // How new the figures must be is not part of what is asked for; the services see it so too.
  const same = `${path} ${JSON.stringify({ ...body, freshnessToken: undefined })}`;
  const requestId = requestIds.get(same) ?? newRequestId();
  requestIds.set(same, requestId);
  for (let attempt = 0; ; ++attempt) {
    try {
      const answer = await ask<Answer>(path, { ...body, requestId });
      requestIds.delete(same);
      noteFreshness(path, answer.freshnessToken);
      return answer;
    } catch (fault) {
      const pause = pauses[attempt];
      if (!(fault instanceof Fault) || !fault.mayPass || pause === undefined) throw fault;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}
