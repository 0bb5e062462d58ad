// Nhập kết quả: a file becomes a plan; the plan is looked at row by row, then stored.
import type { GetRankingResponse } from "../api/ranking";
import { useReading } from "../api/reading";
import { Title } from "../parts/title";
import { ChooseFile, usePlanning } from "../results_import/choose_file";
import { Plan } from "../results_import/plan";
import { type Place, pathTo, periodName } from "../shell/place";
import type { Page } from "./page";

function NewImport({ place }: { place: Place }) {
  const planning = usePlanning(place);
  return <ChooseFile place={place} planning={planning} />;
}

function ResultsImport({ place }: { place: Place }) {
  const [id] = place.rest;
  const read = useReading<GetRankingResponse>(`/v1/${periodName(place)}/ranking`);
  const ranking = read.answer?.ranking;
  return (
    <>
      <Title text={id === undefined ? "Nhập kết quả" : "Dự kiến nhập kết quả"} />
      <p class="under-title">
        {ranking && `${ranking.blocDisplayName} · ${ranking.periodDisplayName}`}
        {id !== undefined && (
          <>
            {" "}
            · <a href={pathTo("nhap-ket-qua", place)}>Nhập tệp khác</a>
          </>
        )}
      </p>
      {id === undefined ? <NewImport place={place} /> : <Plan place={place} name={`imports/${id}`} />}
    </>
  );
}

export const resultsImport: Page = { path: "nhap-ket-qua", name: "Nhập kết quả", Page: ResultsImport };
