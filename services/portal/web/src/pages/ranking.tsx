// Bảng xếp hạng: one bloc's table of a period, live.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useListening } from "../api/events";
import { noteFreshness } from "../api/freshness";
import type { GetRankingResponse, WatchRankingsResponse } from "../api/ranking";
import { useReading } from "../api/reading";
import { StateTag } from "../parts/ranking_state";
import { SignInLink } from "../parts/sign_in_offer";
import { Empty, Failure, Shown, Stale } from "../parts/states";
import { Title } from "../parts/title";
import { announcement, changedUnits } from "../ranking/announcement";
import { ComparisonChooser, useComparing } from "../ranking/comparing";
import { type Told, isNewer, newestOf, tokenToNote, withLive } from "../ranking/newest";
import { type Seen, noteSeen } from "../ranking/seen";
import { ComparisonNotes, Notes, Standing } from "../ranking/standing";
import { RankingTable } from "../ranking/table";
import { type Place, periodName } from "../shell/place";
import { showTime } from "../text/date";
import type { Page } from "./page";

const connections = {
  connecting: "đang kết nối để cập nhật trực tiếp",
  open: "đang cập nhật trực tiếp",
  lost: "mất kết nối, đang nối lại; bảng có thể đã cũ",
};

function Ranking({ place }: { place: Place }) {
  const period = periodName(place);
  const read = useReading<GetRankingResponse>(`/v1/${period}/ranking`);
  const [told, setTold] = useState<Told>({});
  const [stale, setStale] = useState(false);
  const [changed, setChanged] = useState<Set<string>>(new Set());
  const [said, setSaid] = useState("");
  const [seen, setSeen] = useState<Seen>();

  const shown = newestOf(read, told);
  const token = tokenToNote(read, told);
  useEffect(() => noteFreshness(period, token), [period, token]);

  const take = (data: unknown) => {
    const event = data as WatchRankingsResponse;
    setStale(event.stale);
    const next = event.ranking;
    if (!next) return;
    if (shown && isNewer(next, shown)) {
      setChanged(changedUnits(shown.ranking, next.ranking));
      setSaid(announcement(shown.ranking, next.ranking));
    }
    setTold((was) => withLive(was, next));
    // What could not be read is there now.
    if (read.fault) read.again();
  };
  const connection = useListening(
    "/v1/rankings:watch",
    { periods: period },
    {
      ranking: take,
      snapshotEnd: take,
      bookmark: take,
      removed: () => {
        setTold({ gone: read.answer });
        read.again();
      },
    },
  );

  const version = shown?.ranking.periodVersion;
  const opening = useRef(true);
  useEffect(() => {
    if (shown) {
      setSeen(
        noteSeen(
          period,
          { version: shown.ranking.periodVersion, time: shown.ranking.dataTime ?? "" },
          opening.current,
        ),
      );
      opening.current = false;
    }
  }, [period, version]);
  const comparing = useComparing(period, shown, seen);
  const comparison = comparing.reading.answer?.comparison;
  const files = useMemo(() => `/files/v1/${period}/ranking`, [period]);

  return (
    <>
      <Title text="Bảng xếp hạng">{shown && <StateTag state={shown.ranking.state} record={shown.record} />}</Title>
      <Shown reading={{ ...read, answer: shown }}>
        {(response) => (
          <>
            <p class="under-title">
              {response.ranking.blocDisplayName} · {response.ranking.periodDisplayName}
              {response.ranking.dataTime && ` · số liệu lúc ${showTime(response.ranking.dataTime)}`}
              <span class={`connection on-screen ${connection}`} role="status">
                {connections[connection]}
              </span>
            </p>
            <Stale stale={stale || response.stale} />
            <Standing {...response} lastFinal={comparing.lastFinal} />
            <p class={said === "" ? "hidden" : "notice just-moved on-screen"} role="status" aria-live="polite">
              {said}
            </p>
            <div class="actions">
              <ComparisonChooser comparing={comparing} />
              <a class="button" href={`${files}.xlsx`} download="">
                Tải bảng Excel
              </a>
              <a class="button" href={`${files}.csv`} download="">
                Tải CSV
              </a>
              <button type="button" onClick={() => window.print()}>
                In
              </button>
            </div>
            {comparing.chosen && comparison && <p class="on-paper">Thay đổi so với {comparing.chosen.name}.</p>}
            {comparing.reading.fault?.wantsSignIn ? (
              // The ranking is there all the same: nobody is told of a failure.
              <p class="soft small on-screen">
                Thay đổi so với lần trước chỉ dành cho người có quyền. <SignInLink />
              </p>
            ) : (
              comparing.reading.fault && (
                <Failure fault={comparing.reading.fault} again={comparing.reading.again} />
              )
            )}
            {response.ranking.rows.length === 0 ? (
              <Empty>Giao ước chưa có đơn vị nào để xếp hạng.</Empty>
            ) : (
              <RankingTable
                ranking={response.ranking}
                place={place}
                moves={comparing.chosen && comparison?.units}
                changed={changed}
              />
            )}
            {comparing.chosen && comparison && <ComparisonNotes comparison={comparison} />}
            <Notes ranking={response.ranking} />
            <p class="soft small">Phiên bản {response.ranking.revision}</p>
          </>
        )}
      </Shown>
    </>
  );
}

export const ranking: Page = { path: "xep-hang", name: "Bảng xếp hạng", Page: Ranking };
