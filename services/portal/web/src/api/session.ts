// Whose token the pages call with. The browser keeps it where no script can read it, this one neither.
import { send } from "./call";

export interface Session {
  signedIn: boolean;
  /** As the token says; empty: it does not. */
  name: string;
  /** RFC 3339; empty: not known. */
  expires: string;
  /** Where people get a token, which comes back to the page of signing in; empty: they bring one. */
  signOnUrl: string;
}

/** Refused: nothing has changed. */
export async function signIn(token: string): Promise<void> {
  await send("/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ token }),
  });
}

export async function signOut(): Promise<void> {
  await send("/session", { method: "DELETE", headers: { Accept: "application/json" } });
}
