// Phiếu điểm: one unit's targets against the pace, and how every point comes about.
import type { GetRankingResponse, RankingRow } from "../api/ranking";
import { useReading } from "../api/reading";
import type { GetMidYearReviewResponse } from "../api/review";
import type { GetScorecardResponse, Scorecard } from "../api/scorecard";
import { StateTag } from "../parts/ranking_state";
import { Empty, Shown, Stale } from "../parts/states";
import { Title } from "../parts/title";
import { Wide } from "../parts/wide";
import { Criterion, targetsOf } from "../scorecard/criteria";
import { EffortForm } from "../scorecard/effort";
import { Informational } from "../scorecard/informational";
import { goTo } from "../shell/navigation";
import { type Place, idOf, pathTo, periodName } from "../shell/place";
import { isZero, showNumber, showPercent } from "../text/number";
import type { Page } from "./page";

function Choose({ place, rows }: { place: Place; rows: RankingRow[] }) {
  if (rows.length === 0) return <Empty>Giao ước chưa có đơn vị nào.</Empty>;
  return (
    <Wide name="Các đơn vị">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              Hạng
            </th>
            <th scope="col">Đơn vị</th>
            <th scope="col" class="number">
              Tổng điểm
            </th>
            <th scope="col" class="number">
              % đạt
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.unit}>
              <td class="number">{row.rank === 0 ? "–" : row.rank}</td>
              <th scope="row">
                <a href={pathTo("phieu-diem", place, idOf(row.unit))}>{row.unitDisplayName}</a>
              </th>
              <td class="number">{showNumber(row.total)}</td>
              <td class="number">{showPercent(row.percentOfAssigned)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Sum({ card, units }: { card: Scorecard; units: number }) {
  return (
    <dl class="sum">
      <div>
        <dt>Hạng</dt>
        <dd>
          {card.rank === 0 ? "–" : card.rank}
          {units > 0 && <span class="of">/{units} đơn vị</span>}
        </dd>
      </div>
      <div>
        <dt>Tổng điểm</dt>
        <dd>
          {showNumber(card.total)}
          <span class="of">/{showNumber(card.assignedPoints)} được giao</span>
        </dd>
      </div>
      <div>
        <dt>Đạt</dt>
        <dd>{showPercent(card.percentOfAssigned)}</dd>
      </div>
      {!isZero(card.bonus) && (
        <div>
          <dt>Trong đó thưởng</dt>
          <dd>{showNumber(card.bonus)}</dd>
        </div>
      )}
    </dl>
  );
}

/** For reading through, and for paper, which shows what is open. */
function openAll(): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>("main details.derivation"))
    details.open = true;
}

function OneUnit({
  place,
  unit,
  response,
}: {
  place: Place;
  unit: string;
  response: GetRankingResponse | undefined;
}) {
  const period = periodName(place);
  const card = useReading<GetScorecardResponse>(`/v1/${period}/scorecards/units/${unit}`);
  const review = useReading<GetMidYearReviewResponse>(`/v1/${period}/review`);
  const pace = review.answer?.review.pacePercent ?? "";
  const lines = (review.answer?.review.lines ?? []).filter((line) => line.target.unit === `units/${unit}`);
  return (
    <Shown reading={card}>
      {({ scorecard, stale }) => (
        <>
          <Stale stale={stale} />
          <Sum card={scorecard} units={response?.ranking.rows.length ?? 0} />
          {(scorecard.legalBasis !== "" || pace !== "") && (
            <p class="soft">
              {scorecard.legalBasis !== "" && `Tính theo ${scorecard.legalBasis}. `}
              {pace !== "" && `Mốc tiến độ của kỳ: ${showPercent(pace)} chỉ tiêu năm.`}
            </p>
          )}
          {scorecard.contents.map((content) => (
            <Criterion key={content.criterionId} criterion={content} lines={lines} pace={pace} />
          ))}
          <Informational lines={lines} />
          <EffortForm key={unit} period={period} unit={`units/${unit}`} targets={targetsOf(scorecard.contents)} />
          <p class="soft small">
            Thuộc bảng xếp hạng phiên bản {scorecard.revision}
            {response &&
              response.ranking.revision !== scorecard.revision &&
              " (bảng xếp hạng đã có phiên bản khác)"}
          </p>
        </>
      )}
    </Shown>
  );
}

function ScorecardPage({ place }: { place: Place }) {
  const [unit] = place.rest;
  const read = useReading<GetRankingResponse>(`/v1/${periodName(place)}/ranking`);
  const ranking = read.answer?.ranking;
  const row = ranking?.rows.find((one) => idOf(one.unit) === unit);
  return (
    <>
      <Title text={row ? `Phiếu điểm: ${row.unitDisplayName}` : "Phiếu điểm"}>
        {ranking && <StateTag state={ranking.state} record={read.answer?.record} />}
      </Title>
      {ranking && (
        <p class="under-title">
          {ranking.blocDisplayName} · {ranking.periodDisplayName}
        </p>
      )}
      {unit !== undefined && ranking && (
        <div class="actions">
          <label class="field">
            <span>Đơn vị</span>
            <select
              value={unit}
              onChange={(event) => goTo(pathTo("phieu-diem", place, event.currentTarget.value))}
            >
              {!row && <option value={unit}>(chọn đơn vị)</option>}
              {ranking.rows.map((one) => (
                <option key={one.unit} value={idOf(one.unit)}>
                  {one.unitDisplayName}
                </option>
              ))}
            </select>
          </label>
          <a class="button" href={pathTo("thu-nghiem", place, unit)}>
            Thử nghiệm với đơn vị này
          </a>
          <button type="button" onClick={openAll}>
            Mở mọi cách tính
          </button>
          <button type="button" onClick={() => window.print()}>
            In
          </button>
        </div>
      )}
      {unit === undefined ? (
        <Shown reading={read}>{({ ranking: { rows } }) => <Choose place={place} rows={rows} />}</Shown>
      ) : (
        <OneUnit place={place} unit={unit} response={read.answer} />
      )}
    </>
  );
}

export const scorecard: Page = { path: "phieu-diem", name: "Phiếu điểm", Page: ScorecardPage, aboutUnit: true };
