// Every bloc's periods, read once for the frame and the pages.
import { createContext } from "preact";
import type { ListRankingsResponse } from "../api/ranking";
import type { Reading } from "../api/reading";

export const AllRankings = createContext<Reading<ListRankingsResponse>>({
  answer: undefined,
  fault: undefined,
  reading: true,
  again: () => undefined,
});
