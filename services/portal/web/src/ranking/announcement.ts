// What moved between the ranking that was shown and the one that took its place, to be read aloud.
import type { Ranking, RankingRow } from "../api/ranking";
import { showNumber } from "../text/number";

/** The units whose row says something else than before. */
export function changedUnits(before: Ranking, after: Ranking): Set<string> {
  const changed = new Set<string>();
  for (const row of after.rows) {
    const was = before.rows.find((one) => one.unit === row.unit);
    if (!was || was.rank !== row.rank || was.total !== row.total || was.assignedPoints !== row.assignedPoints) {
      changed.add(row.unit);
    }
  }
  return changed;
}

function sentence(row: RankingRow, was: RankingRow | undefined): string {
  const points = `${showNumber(row.total)} điểm`;
  if (row.rank === 0) return `${row.unitDisplayName} chưa xếp hạng`;
  if (!was || was.rank === 0) return `${row.unitDisplayName} xếp hạng ${row.rank}, ${points}`;
  if (row.rank < was.rank) return `${row.unitDisplayName} lên hạng ${row.rank}, ${points}`;
  if (row.rank > was.rank) return `${row.unitDisplayName} xuống hạng ${row.rank}, ${points}`;
  return `${row.unitDisplayName} giữ hạng ${row.rank}, nay ${points}`;
}

const mostUnits = 4;

export function announcement(before: Ranking, after: Ranking): string {
  if (before.state !== after.state) {
    return after.state === "STATE_FINAL"
      ? "Kết quả vừa được chốt chính thức."
      : "Kết quả chính thức đã bị thu hồi; xếp hạng nay là tạm tính.";
  }
  const changed = changedUnits(before, after);
  const own = (row: RankingRow) => before.rows.find((one) => one.unit === row.unit)?.total !== row.total;
  const all = after.rows.filter((row) => changed.has(row.unit));
  // Those whose points moved, then those whom they carried along.
  const moved = [...all.filter(own), ...all.filter((row) => !own(row))];
  if (moved.length === 0) return "Số liệu vừa cập nhật; hạng và điểm không đổi.";
  const told = moved.slice(0, mostUnits).map((row) =>
    sentence(
      row,
      before.rows.find((one) => one.unit === row.unit),
    ),
  );
  const rest = moved.length - told.length;
  return `Vừa cập nhật: ${told.join("; ")}${rest > 0 ? `; và ${rest} đơn vị khác` : ""}.`;
}
