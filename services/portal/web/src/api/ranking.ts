// thidua/scoring/v1/ranking.proto, finality.proto and what of scoring_service.proto is about rankings.

export interface ContentScore {
  criterionId: string;
  displayName: string;
  assigned: boolean;
  points: string;
  bonus: string;
  maxPoints: string;
}

export interface RankingRow {
  /** 0: not ranked. */
  rank: number;
  shared: boolean;
  unit: string;
  unitDisplayName: string;
  points: string;
  bonus: string;
  total: string;
  assignedPoints: string;
  /** Empty: nothing is assigned. */
  percentOfAssigned: string;
  contents: ContentScore[];
  reason: string;
  marginToNext: string;
  classId: string;
  classDisplayName: string;
  rankedBy: string;
  decidedByName: string;
}

export type RankingState = "STATE_UNSPECIFIED" | "STATE_PROVISIONAL" | "STATE_FINAL";

export interface Ranking {
  /** "blocs/{bloc}/pacts/{year}/periods/{period}/ranking" */
  name: string;
  blocDisplayName: string;
  periodDisplayName: string;
  state: RankingState;
  revision: string;
  pactVersion: string;
  periodVersion: string;
  scheme: string;
  dataTime?: string;
  computeTime?: string;
  key: string;
  rows: RankingRow[];
  notes: string[];
  digest: string;
}

export interface FinalRecord {
  period: string;
  revision: string;
  state: "STATE_UNSPECIFIED" | "STATE_FINAL" | "STATE_REVOKED";
  digest: string;
  reason: string;
  authority: string;
  finalTime?: string;
  revokeReason: string;
  revokeAuthority: string;
  revokeTime?: string;
  periodVersion: string;
}

export interface GetRankingResponse {
  ranking: Ranking;
  stale: boolean;
  /** Absent: provisional. */
  record?: FinalRecord;
  freshnessToken: string;
}

export interface ListRankingsResponse {
  rankings: Ranking[];
  nextPageToken: string;
  stale: boolean;
}

export interface GetRankingHistoryResponse {
  finals: FinalRecord[];
  nextPageToken: string;
}

/** An event of WatchRankings. */
export interface WatchRankingsResponse {
  ranking?: GetRankingResponse;
  removed?: string;
  resumeToken: string;
  stale: boolean;
}
