// Thử nghiệm: the ranking as it would be with other figures. Nothing of it is stored.
import { useState } from "preact/hooks";
import { useAsking } from "../api/asking";
import { freshnessFor } from "../api/freshness";
import type { GetRankingResponse } from "../api/ranking";
import { useReading } from "../api/reading";
import type { SimulateRankingResponse } from "../api/simulation";
import { Failure, Loading, Shown, Stale } from "../parts/states";
import { Title } from "../parts/title";
import { comparisonNotes } from "../ranking/movement";
import { type Place, idOf, periodName } from "../shell/place";
import { SupposedRanking, summary } from "../simulation/supposed_ranking";
import { type Supposition, type Suppositions, countOf, faultsOf, overlayOf } from "../simulation/suppositions";
import { UnitFigures } from "../simulation/unit_figures";
import type { Page } from "./page";

const typingPause = 250;

function Trial({ place, response }: { place: Place; response: GetRankingResponse }) {
  const period = periodName(place);
  const { rows } = response.ranking;
  const asked = rows.find((row) => idOf(row.unit) === place.rest[0]);
  const [unit, setUnit] = useState((asked ?? rows[0])?.unit ?? "");
  const [suppositions, setSuppositions] = useState<Suppositions>(new Map());
  const answer = useAsking<SimulateRankingResponse>(
    `/v1/${period}/ranking:simulate`,
    { overlay: overlayOf(suppositions), freshnessToken: freshnessFor(period) },
    { pause: typingPause },
  );
  const suppose = (key: string, supposition: Supposition | undefined) =>
    setSuppositions((was) => {
      const now = new Map(was);
      if (supposition) now.set(key, supposition);
      else now.delete(key);
      return now;
    });
  const comparison = answer.answer?.comparison;
  const chosen = comparison?.units.find((one) => one.unit === unit);
  const moved =
    comparison?.units.filter((one) => one.unit !== unit && one.before?.rank !== one.after?.rank).length ?? 0;
  const faults = faultsOf(suppositions, answer.fault);
  return (
    <div class="trial">
      <section aria-labelledby="gia-dinh">
        <h2 id="gia-dinh">Giả định</h2>
        <div class="actions">
          <label class="field">
            <span>Đơn vị</span>
            <select value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
              {rows.map((row) => {
                const count = countOf(suppositions, row.unit);
                return (
                  <option key={row.unit} value={row.unit}>
                    {row.unitDisplayName}
                    {count > 0 && ` (${count} giả định)`}
                  </option>
                );
              })}
            </select>
          </label>
          <button type="button" disabled={suppositions.size === 0} onClick={() => setSuppositions(new Map())}>
            Bỏ mọi giả định ({suppositions.size})
          </button>
        </div>
        <UnitFigures
          key={unit}
          period={period}
          unit={unit}
          suppositions={suppositions}
          faults={faults}
          suppose={suppose}
        />
      </section>
      <section class="outcome" aria-labelledby="ket-qua">
        <h2 id="ket-qua">Xếp hạng giả định</h2>
        {answer.fault && <Failure fault={answer.fault} again={answer.again} />}
        <Stale stale={answer.answer?.stale ?? false} />
        {chosen && (
          <p class="chosen-unit" role="status">
            {summary(chosen)}
            {moved > 0 && `; ${moved} đơn vị khác đổi hạng`}
          </p>
        )}
        {(answer.answer?.warnings ?? []).map((warning) => (
          <p key={warning.field} class="notice warning">
            Lưu ý: {warning.message}
          </p>
        ))}
        {comparison ? <SupposedRanking comparison={comparison} unit={unit} /> : answer.reading && <Loading />}
        {comparison && (
          <ul class="small">
            {comparisonNotes(comparison).map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function Simulation({ place }: { place: Place }) {
  const read = useReading<GetRankingResponse>(`/v1/${periodName(place)}/ranking`);
  const ranking = read.answer?.ranking;
  return (
    <>
      <Title text="Thử nghiệm" />
      {ranking && (
        <p class="under-title">
          {ranking.blocDisplayName} · {ranking.periodDisplayName}
        </p>
      )}
      <p class="notice">
        <strong>Không lưu gì.</strong> Kéo thanh trượt hoặc nhập số để xem xếp hạng sẽ thế nào nếu kết quả khác đi.
        Số liệu và xếp hạng thật không thay đổi; rời trang là hết.
      </p>
      <Shown reading={read}>{(response) => <Trial place={place} response={response} />}</Shown>
    </>
  );
}

export const simulation: Page = { path: "thu-nghiem", name: "Thử nghiệm", Page: Simulation, aboutUnit: true };
