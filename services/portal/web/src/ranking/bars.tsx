// A unit's points by content, side by side in one bar. The bar says nothing that the row's numbers do not.
import type { ContentScore, RankingRow } from "../api/ranking";
import { barPercent, compareNumbers, greatest, isZero, showNumber, sum } from "../text/number";

/** What is not assigned to any unit has no place in the picture. */
export function contentsShown(rows: RankingRow[]): ContentScore[] {
  const all = rows[0]?.contents ?? [];
  return all.filter((_, at) => rows.some((row) => row.contents[at]?.assigned));
}

/** The longest bar of the table: so much is 100 %. */
export function longest(rows: RankingRow[]): string {
  return greatest(rows.flatMap((row) => [row.total, row.assignedPoints]));
}

export function colour(at: number): string {
  return `content-${(at % 5) + 1}`;
}

export function ContentsBar({
  row,
  contents,
  whole,
}: {
  row: RankingRow;
  contents: ContentScore[];
  whole: string;
}) {
  const own = contents.map((content) => row.contents.find((one) => one.criterionId === content.criterionId));
  const bonus = sum(own.map((content) => content?.bonus ?? "0"));
  return (
    <div class="contents-bar" aria-hidden="true">
      <div class="assigned" style={{ width: `${barPercent(row.assignedPoints, whole)}%` }} />
      <div class="filled">
        {own.map((content, at) => {
          const width = barPercent(content?.points ?? "0", whole);
          return (
            width > 0 && (
              <div key={at} class={`bar-part ${colour(at)}`} style={{ width: `${width}%` }}>
                {width >= 4 && contents.length > 1 && <span>{at + 1}</span>}
              </div>
            )
          );
        })}
        {compareNumbers(bonus, "0") > 0 && (
          <div class="bar-part bonus" style={{ width: `max(${barPercent(bonus, whole)}%, 3px)` }} />
        )}
      </div>
    </div>
  );
}

/** The same in numbers, below the bar. */
export function ContentsNumbers({ row, contents }: { row: RankingRow; contents: ContentScore[] }) {
  // A single content is the total.
  if (contents.length < 2) return null;
  return (
    <ul class="contents-numbers">
      {contents.map((content, at) => {
        const own = row.contents.find((one) => one.criterionId === content.criterionId);
        return (
          <li key={content.criterionId}>
            <span class={`swatch ${colour(at)}`} aria-hidden="true">
              {contents.length > 1 ? at + 1 : ""}
            </span>
            <span class="hidden">{content.displayName}: </span>
            {own?.assigned ? (
              <>
                {showNumber(own.points)}
                {!isZero(own.bonus) && <span> + {showNumber(own.bonus)} thưởng</span>}
              </>
            ) : (
              "không tính"
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function Legend({ contents, rows }: { contents: ContentScore[]; rows: RankingRow[] }) {
  const anyBonus = rows.some((row) => compareNumbers(row.bonus, "0") > 0);
  return (
    <ul class="legend" aria-label="Chú giải">
      {contents.map((content, at) => (
        <li key={content.criterionId}>
          <span class={`swatch ${colour(at)}`} aria-hidden="true">
            {contents.length > 1 ? at + 1 : ""}
          </span>{" "}
          {content.displayName} (tối đa {showNumber(content.maxPoints)})
        </li>
      ))}
      {anyBonus && (
        <li>
          <span class="swatch bonus" aria-hidden="true" /> Điểm thưởng
        </li>
      )}
      <li>
        <span class="swatch assigned" aria-hidden="true" /> Điểm được giao
      </li>
    </ul>
  );
}
