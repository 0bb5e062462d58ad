// The frame around every page: header, navigation, the period that is looked at.
import { useReading, useReadingList } from "../api/reading";
import type { ListRankingsResponse, Ranking } from "../api/ranking";
import type { Session } from "../api/session";
import { pages } from "../pages/pages";
import { Title } from "../parts/title";
import { AllRankings } from "./all_rankings";
import { Moves } from "./moves";
import { goTo, usePath } from "./navigation";
import { PeriodChooser } from "./period_chooser";
import { type Place, pathTo, placeOfPeriod, readPlace } from "./place";
import { SignedIn } from "./signed_in";
import { Who } from "./who";

const noRankings: Ranking[] = [];

/** The period that links lead to: the one that is looked at, else the first there is. */
function periodOf(place: Place, rankings: Ranking[]): Place | undefined {
  if (place.period !== "") return place;
  const first = rankings[0];
  return first && placeOfPeriod(first.name);
}

function Navigation({ place, rankings }: { place: Place; rankings: Ranking[] }) {
  const period = periodOf(place, rankings);
  return (
    <nav aria-label="Các trang">
      <ul>
        {pages.map((page) => {
          const to = page.withoutPeriod ? `/${page.path}` : period && pathTo(page.path, period);
          return (
            to &&
            !page.apart && (
              <li key={page.path}>
                <a href={to} aria-current={page.path === place.page ? "page" : undefined}>
                  {page.name}
                </a>
              </li>
            )
          );
        })}
      </ul>
    </nav>
  );
}

function NoSuchPage() {
  return (
    <>
      <Title text="Không có trang này" />
      <p>
        Địa chỉ này không có trang nào. <a href="/">Về trang đầu</a>
      </p>
    </>
  );
}

export function Site() {
  const { path, moves } = usePath();
  const place = readPlace(path);
  const list = useReadingList<ListRankingsResponse>("/v1/rankings", "rankings");
  const who = useReading<Session>("/session");
  const rankings = list.answer?.rankings ?? noRankings;
  const page = pages.find((one) => one.path === place.page && (one.withoutPeriod || place.period !== ""));
  const choosePeriod = (to: Place) => {
    const rest = page?.aboutUnit && to.bloc === place.bloc ? place.rest : [];
    goTo(pathTo(place.page, to, ...rest));
  };
  return (
    <Moves.Provider value={moves}>
      <Who.Provider value={who}>
        <a class="skip" href="#noi-dung">
          Đến nội dung chính
        </a>
        <header class="site">
          <div class="bar">
            <a class="brand" href="/">
              Thi đua khen thưởng
            </a>
            <SignedIn place={place} path={path} />
            <PeriodChooser place={place} rankings={rankings} choose={choosePeriod} />
          </div>
          <Navigation place={place} rankings={rankings} />
        </header>
        <main id="noi-dung" tabIndex={-1}>
          <AllRankings.Provider value={list}>
            {page ? <page.Page key={path} place={place} /> : <NoSuchPage />}
          </AllRankings.Provider>
        </main>
      </Who.Provider>
    </Moves.Provider>
  );
}
