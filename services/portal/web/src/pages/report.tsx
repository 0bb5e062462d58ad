// Báo cáo: a period's reports; one of them with its preview, its parts to be written, comments, and making it final.
import { useReading } from "../api/reading";
import type { GetRankingResponse } from "../api/ranking";
import { Title } from "../parts/title";
import { ReportList } from "../report/list";
import { OneReport } from "../report/one_report";
import { type Place, pathTo, periodName } from "../shell/place";
import type { Page } from "./page";

function Reports({ place }: { place: Place }) {
  const [number] = place.rest;
  const period = periodName(place);
  const read = useReading<GetRankingResponse>(`/v1/${period}/ranking`);
  const ranking = read.answer?.ranking;
  return (
    <>
      <Title text={number === undefined ? "Báo cáo" : `Báo cáo lần ${number}`} />
      <p class="under-title">
        {ranking && `${ranking.blocDisplayName} · ${ranking.periodDisplayName}`}
        {number !== undefined && (
          <>
            {" "}
            · <a href={pathTo("bao-cao", place)}>Các báo cáo của kỳ</a>
          </>
        )}
      </p>
      {number === undefined ? <ReportList place={place} /> : <OneReport name={`${period}/reports/${number}`} />}
    </>
  );
}

export const report: Page = { path: "bao-cao", name: "Báo cáo", Page: Reports };
