// How many targets stand where: of the bloc, and of each unit. The bars say nothing that the numbers do not.
import type { ReviewLine, Standing } from "../api/review";
import { Wide } from "../parts/wide";
import { type UnitLines, countOf, counted, groups } from "./groups";

/** The bloc's counts; each chooses what the list below shows. */
export function Counts({
  lines,
  chosen,
  choose,
}: {
  lines: ReviewLine[];
  chosen: Standing | "";
  choose: (standing: Standing | "") => void;
}) {
  return (
    <ul class="counts on-screen" aria-label="Số chỉ tiêu theo tình trạng; chọn để lọc danh sách">
      {groups.map(({ standing, name, look }) => (
        <li key={standing}>
          <button
            type="button"
            class={`count ${look}`}
            aria-pressed={chosen === standing}
            onClick={() => choose(chosen === standing ? "" : standing)}
          >
            <span class="count-number">{countOf(lines, standing)}</span> {name}
          </button>
        </li>
      ))}
    </ul>
  );
}

function StandingsBar({ lines, most }: { lines: ReviewLine[]; most: number }) {
  return (
    <div class="standings-bar" aria-hidden="true">
      {groups.map(({ standing, look }) => {
        const count = countOf(lines, standing);
        return (
          count > 0 && (
            <div key={standing} class={`bar-part ${look}`} style={{ width: `${(count * 100) / most}%` }}>
              <span>{count}</span>
            </div>
          )
        );
      })}
    </div>
  );
}

function Row({ name, lines, most }: { name: string; lines: ReviewLine[]; most: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="standings">
        <StandingsBar lines={lines} most={most} />
      </td>
      {groups.map((group) => {
        const count = countOf(lines, group.standing);
        return (
          <td key={group.standing} class={`number${count === 0 ? " soft" : ""}`} data-name={group.name}>
            {count}
          </td>
        );
      })}
      <td class="number" data-name="Tổng số">
        <strong>{counted(lines).length}</strong>
      </td>
    </tr>
  );
}

export function UnitCounts({ units, lines }: { units: UnitLines[]; lines: ReviewLine[] }) {
  const most = Math.max(1, ...units.map((unit) => counted(unit.lines).length));
  return (
    <Wide name="Số chỉ tiêu theo đơn vị">
      <table class="cards counted unit-counts">
        <caption>Số chỉ tiêu tính điểm của từng đơn vị</caption>
        <thead>
          <tr>
            <th scope="col">Đơn vị</th>
            <th scope="col" class="standings">
              Tình trạng
            </th>
            {groups.map((group) => (
              <th key={group.standing} scope="col" class="number">
                <span class={`key ${group.look}`} aria-hidden="true" /> {group.name}
              </th>
            ))}
            <th scope="col" class="number">
              Tổng số
            </th>
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => (
            <Row key={unit.unit} name={unit.name} lines={unit.lines} most={most} />
          ))}
          {units.length > 1 && <Row name="Toàn khối" lines={lines} most={Math.max(1, counted(lines).length)} />}
        </tbody>
      </table>
    </Wide>
  );
}

/** What the percentages that units state would make of the targets that cannot be checked. */
export function AsStated({ lines }: { lines: ReviewLine[] }) {
  const open = lines.filter((line) => line.standing === "STANDING_NOT_COMPUTABLE");
  const stated = groups
    .map((group) => ({ ...group, count: open.filter((line) => line.standingAsStated === group.standing).length }))
    .filter((group) => group.count > 0);
  if (open.length === 0) return null;
  return (
    <p class="small">
      {open.length} chỉ tiêu không đối chiếu được vì thiếu chỉ tiêu đăng ký hoặc thiếu số liệu.
      {stated.length > 0 &&
        ` Nếu tỷ lệ đơn vị tự nêu là đúng: ${stated
          .map((group) => `${group.count} ${group.name.toLowerCase()}`)
          .join(", ")}.`}
    </p>
  );
}
