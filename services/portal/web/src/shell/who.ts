// Who is signed in, read once for the frame and the pages.
import { createContext } from "preact";
import type { Reading } from "../api/reading";
import type { Session } from "../api/session";

export const Who = createContext<Reading<Session>>({
  answer: undefined,
  fault: undefined,
  reading: true,
  again: () => undefined,
});
