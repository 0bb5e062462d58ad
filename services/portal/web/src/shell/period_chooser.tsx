// Which bloc's period is looked at.
import type { Ranking } from "../api/ranking";
import { type Place, periodName, placeOfPeriod } from "./place";

interface Group {
  name: string;
  rankings: Ranking[];
}

/** By bloc, as they come; the newest year first. */
export function byBloc(rankings: Ranking[]): Group[] {
  const groups: Group[] = [];
  for (const ranking of rankings) {
    const group = groups.find((one) => one.name === ranking.blocDisplayName);
    if (group) group.rankings.push(ranking);
    else groups.push({ name: ranking.blocDisplayName, rankings: [ranking] });
  }
  for (const group of groups) {
    group.rankings.sort((a, b) => placeOfPeriod(b.name).year.localeCompare(placeOfPeriod(a.name).year));
  }
  return groups;
}

export function PeriodChooser({
  place,
  rankings,
  choose,
}: {
  place: Place;
  rankings: Ranking[];
  choose: (to: Place) => void;
}) {
  if (place.period === "" || rankings.length === 0) return null;
  const now = periodName(place);
  return (
    <label class="chooser">
      <span>Kỳ</span>
      <select value={now} onChange={(event) => choose(placeOfPeriod(event.currentTarget.value))}>
        {!rankings.some((ranking) => ranking.name === `${now}/ranking`) && <option value={now}>(chọn kỳ)</option>}
        {byBloc(rankings).map((group) => (
          <optgroup key={group.name} label={group.name}>
            {group.rankings.map((ranking) => (
              <option key={ranking.name} value={ranking.name.replace(/\/ranking$/, "")}>
                {group.name} · {ranking.periodDisplayName}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
