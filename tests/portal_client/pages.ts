// What the pages read, held against the contracts: each shape that services/portal/web/src/api writes down must be
// made of fields that the OpenAPI document has, of the same types. Compiled, never run.
import type { components } from "./portal.js";
import type { RankingComparison } from "pages/comparison";
import type { GetCompletenessResponse } from "pages/completeness";
import type { Import, ImportOutcome } from "pages/import";
import type { GetRankingResponse, WatchRankingsResponse } from "pages/ranking";
import type { Report } from "pages/report";
import type { GetMidYearReviewResponse } from "pages/review";
import type { GetScorecardResponse } from "pages/scorecard";
import type { Session } from "pages/session";

type Schemas = components["schemas"];

// Answers print every plain field, also where a schema that requests share does not require it.
type Printed<T> = T extends (infer Item)[]
  ? Printed<Item>[]
  : T extends object
    ? { [Field in keyof T]-?: Printed<NonNullable<T[Field]>> }
    : T;

export const checks: {
  [Name in keyof Shapes]: (answer: Printed<Schemas[Name]>) => Shapes[Name];
} = {
  GetCompletenessResponse: (answer) => answer,
  GetMidYearReviewResponse: (answer) => answer,
  GetRankingResponse: (answer) => answer,
  GetScorecardResponse: (answer) => answer,
  Import: (answer) => answer,
  ImportOutcome: (answer) => answer,
  RankingComparison: (answer) => answer,
  Report: (answer) => answer,
  Session: (answer) => answer,
  WatchRankingsResponse: (answer) => answer,
};

interface Shapes {
  GetCompletenessResponse: GetCompletenessResponse;
  GetMidYearReviewResponse: GetMidYearReviewResponse;
  GetRankingResponse: GetRankingResponse;
  GetScorecardResponse: GetScorecardResponse;
  Import: Import;
  ImportOutcome: ImportOutcome;
  RankingComparison: RankingComparison;
  Report: Report;
  Session: Session;
  WatchRankingsResponse: WatchRankingsResponse;
}
