// Trang đầu: every bloc with its periods, and how far each is.
import { useContext, useEffect } from "preact/hooks";
import type { Ranking } from "../api/ranking";
import { StateTag } from "../parts/ranking_state";
import { Empty, Shown, Stale } from "../parts/states";
import { Title } from "../parts/title";
import { Wide } from "../parts/wide";
import { AllRankings } from "../shell/all_rankings";
import { Moves } from "../shell/moves";
import { byBloc } from "../shell/period_chooser";
import { pathTo, placeOfPeriod } from "../shell/place";
import { showTime } from "../text/date";
import type { Page } from "./page";

function Periods({ rankings, bloc }: { rankings: Ranking[]; bloc: string }) {
  return (
    <Wide name={`Các kỳ của ${bloc}`}>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Kỳ</th>
            <th scope="col">Xếp hạng</th>
            <th scope="col">Số liệu lúc</th>
          </tr>
        </thead>
        <tbody>
          {rankings.map((ranking) => (
            <tr key={ranking.name}>
              <th scope="row">
                <a href={pathTo("xep-hang", placeOfPeriod(ranking.name))}>{ranking.periodDisplayName}</a>
              </th>
              <td>
                <StateTag state={ranking.state} />
              </td>
              <td data-name="Số liệu lúc">{ranking.dataTime ? showTime(ranking.dataTime) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Home() {
  const list = useContext(AllRankings);
  const moves = useContext(Moves);
  useEffect(() => {
    // Who comes back to this page sees how far each is now; when the site is opened it is just being read.
    if (moves > 0) list.again();
  }, []);
  return (
    <>
      <Title text="Các khối thi đua" />
      <Shown reading={list}>
        {({ rankings, stale }) => (
          <>
            <Stale stale={stale} />
            {rankings.length === 0 && (
              <Empty>Chưa có khối thi đua nào có giao ước và kỳ báo cáo. Khi có, các kỳ sẽ hiện ở đây.</Empty>
            )}
            {byBloc(rankings).map((group) => (
              <section key={group.name}>
                <h2>{group.name}</h2>
                <Periods rankings={group.rankings} bloc={group.name} />
              </section>
            ))}
          </>
        )}
      </Shown>
    </>
  );
}

export const home: Page = { path: "", name: "Trang đầu", Page: Home, withoutPeriod: true };
