// How another system of the province reads rankings over HTTP with a client that is generated from
// docs/integration/openapi.json. That it compiles is half of the test: names, fields and enums are checked
// by the compiler; the other half is that a running portal answers as it says.
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./portal.js";

type Schemas = components["schemas"];
type Api = Client<paths>;

const period = { bloc: "khoi-thi-dua-4", pact: "2019", period: "6-thang" };
const periodName = "blocs/khoi-thi-dua-4/pacts/2019/periods/6-thang";

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

// What an error says to programs: an item of `details` is known by its @type.
function reasonOf(error: Schemas["Error"]): string {
  for (const detail of error.error.details) {
    if (detail["@type"] === "type.googleapis.com/google.rpc.ErrorInfo") return detail.reason;
  }
  return "";
}

async function readRanking(api: Api, freshnessToken: string): Promise<Schemas["Ranking"]> {
  const { data, error, response } = await api.GET("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking", {
    params: { path: period, query: { freshnessToken } },
  });
  expect(error === undefined, JSON.stringify(error));
  const ranking = data?.ranking;
  expect(ranking !== undefined, "no ranking");
  expect(ranking.state === "STATE_PROVISIONAL", "a ranking of half a year is provisional");
  expect(typeof ranking.periodVersion === "string", "int64 is a text");
  expect(!Number.isNaN(Date.parse(ranking.dataTime ?? "")), "a time in RFC 3339");
  expect(ranking.rows.length === 7, `${ranking.rows.length} rows`);
  for (const row of ranking.rows) {
    // Required by the schema, so that nobody asks whether it is there: it has to be.
    expect(Number.isInteger(row.rank) && row.shared !== undefined, "0 and false are printed");
    expect(Array.isArray(row.contents) && /^\d+(\.\d+)?$/.test(row.total), `total: ${row.total}`);
  }
  const etag = response.headers.get("ETag");
  expect(etag !== null, "no ETag");
  const again = await api.GET("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking", {
    params: { path: period, header: { "If-None-Match": etag } },
  });
  expect(again.response.status === 304, `${again.response.status} for what is there already`);
  return ranking;
}

async function readRankings(api: Api): Promise<void> {
  const { data, error } = await api.GET("/v1/rankings", {
    params: { query: { periods: "blocs/-/pacts/2019/periods/-", withRows: true, pageSize: 10 } },
  });
  expect(error === undefined, JSON.stringify(error));
  const names = data?.rankings.map((ranking) => ranking.name);
  expect(names?.includes(`${periodName}/ranking`) === true, `rankings: ${names}`);
  const batch = await api.GET("/v1/rankings:batchGet", { params: { query: { periods: [periodName, periodName] } } });
  expect(batch.data?.rankings.length === 2, "a repeated parameter is given several times");
}

async function readScorecard(api: Api, best: Schemas["RankingRow"]): Promise<void> {
  const unit = best.unit.replace("units/", "");
  const { data, error } = await api.GET(
    "/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/scorecards/units/{unit}",
    { params: { path: { ...period, unit } } },
  );
  expect(error === undefined, JSON.stringify(error));
  const scorecard = data?.scorecard;
  expect(scorecard?.name === `${periodName}/scorecards/${unit}`, `the scorecard ${scorecard?.name}`);
  expect(scorecard.total === best.total, `${scorecard.total} and ${best.total}`);
}

async function simulate(api: Api, ranking: Schemas["Ranking"]): Promise<void> {
  const { data, error } = await api.POST("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking:simulate", {
    params: { path: period },
    body: { overlay: { results: [] } },
  });
  expect(error === undefined, JSON.stringify(error));
  const order = data?.ranking?.rows.map((row) => row.unit).join();
  expect(order === ranking.rows.map((row) => row.unit).join(), "nothing supposed changes nothing");
}

// A change, and the same change again under its key, which is answered with the first reply.
async function correctUnit(api: Api): Promise<void> {
  const read = await api.GET("/v1/units/{unit}", { params: { path: { unit: "so-y-te" } } });
  const unit = read.data?.unit;
  expect(unit !== undefined, "no unit");
  const change = {
    params: {
      path: { unit: "so-y-te" },
      query: { updateMask: "shortName" },
      header: { "Idempotency-Key": "client-1" },
    },
    body: { ...unit, shortName: "SYT" },
  } as const;
  const first = await api.PATCH("/v1/units/{unit}", change);
  expect(first.error === undefined, JSON.stringify(first.error));
  expect(first.data?.unit?.shortName === "SYT", JSON.stringify(first.data));
  const second = await api.PATCH("/v1/units/{unit}", change);
  expect(second.data?.freshnessToken === first.data.freshnessToken, "the first reply again");
}

async function meetErrors(api: Api): Promise<void> {
  const { data, error, response } = await api.GET("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking", {
    params: { path: { ...period, period: "quy-9" } },
  });
  expect(data === undefined && error !== undefined, "a period that is not there");
  expect(response.status === 404 && error.error.code === 404, `${response.status}`);
  expect(error.error.status === "NOT_FOUND", error.error.status);
  expect(reasonOf(error) === "PERIOD_UNKNOWN", reasonOf(error));
  expect(error.error.message.includes("ỳ"), "a Vietnamese sentence");

  const wrong = await api.POST("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/results:put", {
    params: { path: period },
    body: { rows: [{ target: "khong-phai-ten", actual: { text: "5" } }], mode: "MODE_ATOMIC" },
  });
  expect(wrong.response.status === 400, `${wrong.response.status}`);
  const fields = wrong.error?.error.details.flatMap((detail) =>
    detail["@type"] === "type.googleapis.com/google.rpc.BadRequest"
      ? detail.fieldViolations.map((violation) => violation.field)
      : [],
  );
  expect(fields?.includes("rows[0].target") === true, `faults at ${fields}`);
}

// The present state, up to its end.
async function watchRankings(api: Api): Promise<void> {
  const { data, response } = await api.GET("/v1/rankings:watch", {
    params: { query: { periods: periodName } },
    parseAs: "stream",
  });
  expect(response.headers.get("Content-Type")?.startsWith("text/event-stream") === true, "no events");
  expect(data !== undefined && data !== null, "no stream");
  const reader = data.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const seen: string[] = [];
  while (!seen.includes("snapshotEnd")) {
    const { value, done } = await reader.read();
    expect(!done, `the stream ended after: ${seen}`);
    text += value;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const lines = new Map(event.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const name = lines.get("event");
      if (name === undefined) continue;
      seen.push(name);
      const message: Schemas["WatchRankingsResponse"] = JSON.parse(lines.get("data") ?? "");
      expect(message.resumeToken === (lines.get("id") ?? ""), "the id is the resume token");
      if (name === "ranking") expect(message.ranking?.ranking?.name === `${periodName}/ranking`, event);
    }
  }
  expect(seen.includes("ranking"), `events: ${seen}`);
  await reader.cancel();
}

// `freshnessToken`: of what has to be seen.
export async function check(baseUrl: string, freshnessToken: string): Promise<void> {
  const api = createClient<paths>({ baseUrl });
  const ranking = await readRanking(api, freshnessToken);
  await readRankings(api);
  const best = ranking.rows[0];
  expect(best !== undefined, "nobody is ranked");
  await readScorecard(api, best);
  await simulate(api, ranking);
  await meetErrors(api);
  await watchRankings(api);
  await correctUnit(api);
}
