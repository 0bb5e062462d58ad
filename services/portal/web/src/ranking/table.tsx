// The ranking as a table: big plain numbers, the bar beside them, and on demand why a unit stands where it stands.
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { UnitComparison } from "../api/comparison";
import type { Ranking, RankingRow } from "../api/ranking";
import { Wide } from "../parts/wide";
import { type Place, idOf, pathTo } from "../shell/place";
import { isZero, showNumber, showPercent } from "../text/number";
import { ContentsBar, ContentsNumbers, Legend, contentsShown, longest } from "./bars";
import { PointsChange, RankMove, WhyMoved } from "./movement";

/** The column that the order follows. */
function keyOf(ranking: Ranking): "total" | "percent" | "other" {
  if (ranking.key === "KEY_PERCENT_OF_ASSIGNED") return "percent";
  return ranking.key === "KEY_CAPPED_POINTS" || ranking.key === "KEY_FORMULA" ? "other" : "total";
}

/** Who has the same rank; and of equals at different ranks what put one before the other, told of both. */
function Tie({ row, rows }: { row: RankingRow; rows: RankingRow[] }) {
  if (row.rank === 0) return null;
  const beside = rows.filter((one) => one.rank === row.rank && one.unit !== row.unit);
  const above = rows.filter((one) => one.rank > 0 && one.rank < row.rank).pop();
  const below = rows.find((one) => one.rank > row.rank);
  return (
    <>
      {row.shared && <p class="tie">Đồng hạng với {beside.map((one) => one.unitDisplayName).join(", ")}</p>}
      {above && above.decidedByName !== "" && (
        <p class="tie">
          Bằng hạng {above.rank}; xếp dưới vì “{above.decidedByName}”
        </p>
      )}
      {below && row.decidedByName !== "" && (
        <p class="tie">
          Bằng hạng {below.rank}; xếp trên nhờ “{row.decidedByName}”
        </p>
      )}
    </>
  );
}

function Why({
  row,
  move,
  contentNames,
}: {
  row: RankingRow;
  move: UnitComparison | undefined;
  contentNames: boolean;
}) {
  return (
    <div class="why">
      <p>{row.reason}</p>
      {contentNames && (
        <table class="inner">
          <caption>Điểm theo nội dung</caption>
          <thead>
            <tr>
              <th scope="col">Nội dung</th>
              <th scope="col" class="number">
                Điểm
              </th>
              <th scope="col" class="number">
                Thưởng
              </th>
              <th scope="col" class="number">
                Tối đa
              </th>
            </tr>
          </thead>
          <tbody>
            {row.contents.map((content) => (
              <tr key={content.criterionId}>
                <td>{content.displayName}</td>
                <td class="number">{content.assigned ? showNumber(content.points) : "không tính"}</td>
                <td class="number">{content.assigned ? showNumber(content.bonus) : ""}</td>
                <td class="number">{showNumber(content.maxPoints)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {move?.before && (
        <>
          <p class="inner-title">Vì sao thay đổi</p>
          <WhyMoved unit={move} />
        </>
      )}
    </div>
  );
}

export function RankingTable({
  ranking,
  place,
  moves,
  changed,
}: {
  ranking: Ranking;
  place: Place;
  moves: UnitComparison[] | undefined;
  changed: Set<string>;
}) {
  const [open, setOpen] = useState<Set<string>>(new Set());
  const { rows } = ranking;
  const contents = contentsShown(rows);
  const whole = longest(rows);
  const key = keyOf(ranking);
  const classes = rows.some((row) => row.classId !== "");
  const bonus = rows.some((row) => !isZero(row.bonus));
  const columns = 6 + (moves ? 1 : 0) + (bonus ? 1 : 0) + (classes ? 1 : 0) + (key === "other" ? 1 : 0);
  const toggle = (unit: string) =>
    setOpen((was) => {
      const now = new Set(was);
      if (!now.delete(unit)) now.add(unit);
      return now;
    });
  const by = (name: string, isKey: boolean) => (
    <>
      {name}
      {isKey && (
        <>
          <span aria-hidden="true"> ▾</span>
          <span class="hidden"> (xếp hạng theo cột này)</span>
        </>
      )}
    </>
  );
  return (
    <>
      <Legend contents={contents} rows={rows} />
      <Wide name="Bảng xếp hạng">
        <table class="ranking">
          <thead>
            <tr>
              <th scope="col" class="number">
                Hạng
              </th>
              {moves && <th scope="col">Thay đổi</th>}
              <th scope="col">Đơn vị</th>
              <th scope="col" class="bars">
                Điểm theo nội dung
              </th>
              {bonus && (
                <th scope="col" class="number">
                  Thưởng
                </th>
              )}
              <th scope="col" class="number">
                {by("Tổng điểm", key === "total")}
              </th>
              <th scope="col" class="number">
                Được giao
              </th>
              <th scope="col" class="number">
                {by("% đạt", key === "percent")}
              </th>
              {key === "other" && (
                <th scope="col" class="number">
                  {by("Điểm xếp hạng", true)}
                </th>
              )}
              {classes && <th scope="col">Xếp loại</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const move = moves?.find((one) => one.unit === row.unit);
              const id = `vi-sao-${idOf(row.unit)}`;
              const isOpen = open.has(row.unit);
              return (
                <Fragment key={row.unit}>
                  <tr class={`moved-row${changed.has(row.unit) ? " changed" : ""}`}>
                    <td class="rank">
                      {row.rank === 0 ? "–" : row.rank}
                      {row.shared && <span class="shared">=</span>}
                    </td>
                    {moves && (
                      <td class="move">
                        <RankMove unit={move} />
                        <PointsChange unit={move} />
                      </td>
                    )}
                    <th scope="row" class="unit">
                      <a href={pathTo("phieu-diem", place, idOf(row.unit))}>{row.unitDisplayName}</a>
                      {changed.has(row.unit) && <span class="tag provisional just-now">vừa đổi</span>}
                      <Tie row={row} rows={rows} />
                      <button
                        type="button"
                        class="plain"
                        aria-expanded={isOpen}
                        aria-controls={isOpen ? id : undefined}
                        onClick={() => toggle(row.unit)}
                      >
                        Vì sao<span class="hidden"> {row.unitDisplayName} ở hạng này</span>
                      </button>
                    </th>
                    <td class="bars">
                      <ContentsBar row={row} contents={contents} whole={whole} />
                      <ContentsNumbers row={row} contents={contents} />
                    </td>
                    {bonus && (
                      <td class="number" data-name="Thưởng">
                        {showNumber(row.bonus)}
                      </td>
                    )}
                    <td class={`number${key === "total" ? " key" : ""}`} data-name="Tổng điểm">
                      {showNumber(row.total)}
                    </td>
                    <td class="number soft" data-name="Được giao">
                      {showNumber(row.assignedPoints)}
                    </td>
                    <td class={`number${key === "percent" ? " key" : ""}`} data-name="% đạt">
                      {showPercent(row.percentOfAssigned)}
                    </td>
                    {key === "other" && (
                      <td class="number key" data-name="Điểm xếp hạng">
                        {row.rankedBy === "" ? "–" : showNumber(row.rankedBy)}
                      </td>
                    )}
                    {classes && <td data-name="Xếp loại">{row.classDisplayName || "–"}</td>}
                  </tr>
                  {isOpen && (
                    <tr id={id} class="why-row">
                      <td colSpan={columns}>
                        <Why row={row} move={move} contentNames={row.contents.length > 0} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </Wide>
      <section class="on-paper">
        <h2>Vì sao</h2>
        <ul>
          {rows.map((row) => (
            <li key={row.unit}>
              {row.unitDisplayName}: {row.reason}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
