// The way to the page of signing in, and back to where one was.
import { inTab } from "../browser/kept";

export const signInPage = "dang-nhap";

/** To signing in, and from there back to `path`. */
export function wayToSignIn(path: string): string {
  return `/${signInPage}?${new URLSearchParams({ ve: path }).toString()}`;
}

/** Where the address of the page of signing in leads back to: to a page of this site, whatever it says. */
export function wayBack(search: string, origin: string): string {
  let to: URL;
  try {
    to = new URL(new URLSearchParams(search).get("ve") ?? "/", origin);
  } catch {
    return "/";
  }
  if (to.origin !== origin || to.pathname === `/${signInPage}`) return "/";
  return to.pathname + to.search;
}

/** What the province's sign-on brings in the address, behind the "#". */
export interface Brought {
  token: string;
  /** Why it brings none, in its own words; empty: it does not say. */
  refusal: string;
}

export function readBrought(hash: string): Brought {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    token: fields.get("access_token") ?? "",
    refusal: fields.get("error_description") ?? fields.get("error") ?? "",
  };
}

/** "Bearer eyJ…" and line breaks, as tokens are copied: the token alone. */
export function tokenIn(typed: string): string {
  return typed.replace(/\s+/g, " ").trim().replace(/^Bearer /i, "").replace(/ /g, "");
}

const key = "thidua:signing-on";

/** Before one leaves for the province's sign-on: what it brings back was asked for, and from where. */
export function noteLeaving(back: string): void {
  inTab.keep(key, back);
}

/** Once: the way back of whoever has left for it from this tab; undefined: nobody has. */
export function takeLeaving(): string | undefined {
  const back = inTab.kept<string>(key);
  inTab.forget(key);
  return back;
}
