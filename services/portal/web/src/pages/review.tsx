// Sơ kết: where each target stands against its pace, and who has not reported. No points, no ranks.
import { useMemo, useState } from "preact/hooks";
import type { GetCompletenessResponse } from "../api/completeness";
import { useReading } from "../api/reading";
import type { GetMidYearReviewResponse, MidYearReview, Standing } from "../api/review";
import { Empty, Shown, Stale } from "../parts/states";
import { Title } from "../parts/title";
import { AsStated, Counts, UnitCounts } from "../review/counts";
import { byUnit, countOf, counted, groups, uncounted } from "../review/groups";
import { Lines } from "../review/lines";
import { type Names, Reported } from "../review/reported";
import { type Place, periodName } from "../shell/place";
import { showTime } from "../text/date";
import { showPercent } from "../text/number";
import type { Page } from "./page";

function namesOf(review: MidYearReview): Names {
  return {
    units: new Map(review.lines.map((line) => [line.target.unit, line.unitDisplayName])),
    targets: new Map(review.lines.map((line) => [line.target.name, line.target.displayName])),
  };
}

function WhatItIs({ review }: { review: MidYearReview }) {
  return (
    <div class="notice provisional">
      <p>
        <strong>
          {review.monthsLeft > 0
            ? "Sơ kết chỉ nêu tỷ lệ và nhận xét, không có điểm và hạng."
            : "Trang này chỉ nêu tỷ lệ và nhận xét; điểm và hạng của năm ở trang Bảng xếp hạng."}
        </strong>{" "}
        {review.pacePercent !== "" && `Mốc tiến độ của kỳ: ${showPercent(review.pacePercent)} chỉ tiêu năm. `}
        {review.monthsLeft > 0 && `Còn ${review.monthsLeft} tháng đến hết năm. `}
        {review.dataTime && `Số liệu lúc ${showTime(review.dataTime)}, có thể còn thay đổi.`}
      </p>
    </div>
  );
}

function OfPeriod({ review, place }: { review: MidYearReview; place: Place }) {
  const completeness = useReading<GetCompletenessResponse>(`/v1/${periodName(place)}/completeness`);
  const [standing, setStanding] = useState<Standing | "">("");
  const [unit, setUnit] = useState("");
  const names = useMemo(() => namesOf(review), [review]);
  const units = byUnit(review.lines);
  const ofUnit = review.lines.filter((line) => unit === "" || line.target.unit === unit);
  const shown = standing === "" ? ofUnit : ofUnit.filter((line) => line.standing === standing);
  const chosenGroup = [...groups, ...uncounted].find((group) => group.standing === standing);
  return (
    <>
      <div class="actions">
        <label class="field">
          <span>Đơn vị</span>
          <select value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            <option value="">Toàn khối</option>
            {units.map((one) => (
              <option key={one.unit} value={one.unit}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Tình trạng</span>
          <select value={standing} onChange={(event) => setStanding(event.currentTarget.value as Standing | "")}>
            <option value="">Tất cả ({ofUnit.length})</option>
            {[...groups, ...uncounted]
              .map((group) => ({ ...group, count: countOf(ofUnit, group.standing) }))
              .filter((group) => group.count > 0 || group.standing === standing)
              .map((group) => (
                <option key={group.standing} value={group.standing}>
                  {group.name} ({group.count})
                </option>
              ))}
          </select>
        </label>
        <button type="button" onClick={() => window.print()}>
          In
        </button>
      </div>
      <section aria-labelledby="tong-hop">
        <h2 id="tong-hop">Tổng hợp</h2>
        <Counts lines={ofUnit} chosen={standing} choose={setStanding} />
        <UnitCounts
          units={units.filter((one) => unit === "" || one.unit === unit)}
          lines={counted(ofUnit)}
        />
        <AsStated lines={ofUnit} />
      </section>
      <section aria-labelledby="chua-bao-cao">
        <h2 id="chua-bao-cao">Tình hình báo cáo</h2>
        <Shown reading={completeness}>
          {(response) => <Reported response={response} names={names} unit={unit} />}
        </Shown>
      </section>
      <section aria-labelledby="tung-chi-tieu">
        <h2 id="tung-chi-tieu">Từng chỉ tiêu{chosenGroup && `: ${chosenGroup.name.toLowerCase()}`}</h2>
        <p class="hidden" role="status">
          {standing === "" && unit === "" ? "" : `Đang hiện ${shown.length} chỉ tiêu.`}
        </p>
        {shown.length === 0 ? (
          <Empty>Không có chỉ tiêu nào như vậy.</Empty>
        ) : (
          <Lines units={byUnit(shown)} pace={review.pacePercent} place={place} />
        )}
      </section>
    </>
  );
}

function Review({ place }: { place: Place }) {
  const read = useReading<GetMidYearReviewResponse>(`/v1/${periodName(place)}/review`);
  const review = read.answer?.review;
  return (
    <>
      <Title text="Sơ kết" />
      {review && (
        <p class="under-title">
          {review.blocDisplayName} · {review.periodDisplayName}
        </p>
      )}
      <Shown reading={read}>
        {({ review: of, stale }) => (
          <>
            <WhatItIs review={of} />
            <Stale stale={stale} />
            {of.lines.length === 0 ? (
              <Empty>Giao ước chưa có chỉ tiêu nào.</Empty>
            ) : (
              <OfPeriod review={of} place={place} />
            )}
          </>
        )}
      </Shown>
    </>
  );
}

export const review: Page = { path: "so-ket", name: "Sơ kết", Page: Review };
