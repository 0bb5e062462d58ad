// Who has written something is never shown an older state: the token that a write answers goes with every later
// read of that pact. Kept for as long as the browser's tab.

const key = (pact: string) => `thidua:freshness:${pact}`;

/** "blocs/x/pacts/2019/periods/nam" → "blocs/x/pacts/2019". Empty: not of any pact. */
function pactOf(path: string): string {
  return /blocs\/[^/]+\/pacts\/[^/?:]+/.exec(path)?.[0] ?? "";
}

export function noteFreshness(path: string, token: string | undefined): void {
  const pact = pactOf(path);
  if (pact !== "" && token) sessionStorage.setItem(key(pact), token);
}

export function freshnessFor(path: string): string {
  return sessionStorage.getItem(key(pactOf(path))) ?? "";
}

/** The store that the token spoke of is another one now. */
export function forgetFreshness(path: string): void {
  sessionStorage.removeItem(key(pactOf(path)));
}
