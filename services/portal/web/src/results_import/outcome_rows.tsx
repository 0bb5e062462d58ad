// A plan row by row, as the file has it: each fault and warning stands in the very cell that it is about.
import type { ComponentChildren } from "preact";
import type { Column, ImportOutcome, OutcomeKind, RowFault } from "../api/import";
import type { Result } from "../api/target";
import { Wide } from "../parts/wide";
import { showNumber } from "../text/number";
import { showQuantity } from "../text/quantity";
import { cellOf, columnOf, rowOfPlace } from "./columns";

export interface TargetNames {
  targets: Map<string, { unit: string; target: string }>;
}

const kinds: Record<OutcomeKind, { name: string; look: string }> = {
  KIND_UNSPECIFIED: { name: "", look: "" },
  KIND_CREATED: { name: "Thêm mới", look: "final" },
  KIND_UPDATED: { name: "Sửa", look: "provisional" },
  KIND_UNCHANGED: { name: "Không đổi", look: "plain-tag" },
  KIND_REJECTED: { name: "Bị từ chối", look: "revoked" },
};

/** Faults that a unit may stand by. */
const acknowledged = ["PERCENT_DISAGREES", "CUMULATIVE_FELL"];

function Said({ fault, isFault }: { fault: RowFault; isFault: boolean }) {
  return (
    <div class={`said ${isFault ? "is-fault" : "is-warning"}`}>
      <span class="hidden">{isFault ? "Lỗi: " : "Lưu ý: "}</span>
      {fault.message}
      {fault.suggestion !== "" && (
        <div>
          Có thể là: <strong>{fault.suggestion}</strong>
        </div>
      )}
      {isFault && acknowledged.includes(fault.reason) && (
        <div>
          Nếu số liệu đúng là như vậy: ghi {fault.reason} vào cột “Cảnh báo đã xem” của dòng này.
        </div>
      )}
    </div>
  );
}

/** What was reported before, as it counts. */
function figureOf(result: Result | undefined): string {
  if (result?.actual?.state === "STATE_VALUE") return showNumber(result.actual.value);
  if (result?.statedPercent?.state === "STATE_VALUE") return `${showNumber(result.statedPercent.value)}%`;
  return showQuantity(result?.actual);
}

function Becomes({ outcome, children }: { outcome: ImportOutcome["outcome"]; children: ComponentChildren }) {
  const { name, look } = kinds[outcome.kind];
  return (
    <td class="becomes" data-name="Đối chiếu">
      <span class={`tag ${look}`}>{name}</span>
      {outcome.kind === "KIND_UPDATED" && (
        <div class="small">trước đây {figureOf(outcome.before)}</div>
      )}
      {outcome.late && outcome.kind !== "KIND_UNCHANGED" && <div class="small">ghi là nộp muộn</div>}
      {children}
    </td>
  );
}

function Row({ one, columns, names }: { one: ImportOutcome; columns: Column[]; names: TargetNames }) {
  const { outcome, given } = one;
  const said = [
    ...outcome.faults.map((fault) => ({ fault, isFault: true, at: columnOf(fault, columns) })),
    ...outcome.warnings.map((fault) => ({ fault, isFault: false, at: columnOf(fault, columns) })),
  ];
  const known = names.targets.get(outcome.target);
  return (
    <tr>
      <th scope="row" class="place">
        {rowOfPlace(one.place, one.row)}
      </th>
      <Becomes outcome={outcome}>
        {said
          .filter((entry) => entry.at === undefined)
          .map((entry, at) => (
            <Said key={at} {...entry} />
          ))}
      </Becomes>
      {columns.map((column) => {
        const here = said.filter((entry) => entry.at === column.field);
        const look = here.some((entry) => entry.isFault) ? "faulty" : here.length > 0 ? "doubtful" : "";
        const figures = column.field === "ACTUAL" || column.field === "PERCENT";
        // A row that was told by its target's code says neither; without the row itself, it is at least known whose it is.
        const whose = column.field === "UNIT" ? known?.unit : column.field === "TARGET" ? known?.target : undefined;
        const text = (given && cellOf(given, column.field)) || (whose ?? "");
        if (text === "" && here.length === 0) return <td key={column.field} />;
        return (
          <td key={column.field} class={`${look}${figures ? " figure" : ""}${column.field === "TARGET" ? " target" : ""}`} data-name={column.title}>
            <span class="cell">{text === "" && given ? <em class="soft">(trống)</em> : text}</span>
            {here.map((entry, at) => (
              <Said key={at} {...entry} />
            ))}
          </td>
        );
      })}
    </tr>
  );
}

export function OutcomeRows({
  outcomes,
  columns,
  names,
}: {
  outcomes: ImportOutcome[];
  columns: Column[];
  names: TargetNames;
}) {
  return (
    <Wide name="Các dòng của tệp">
      <table class="cards planned-rows">
        <thead>
          <tr>
            <th scope="col">Trong tệp</th>
            <th scope="col">Đối chiếu</th>
            {columns.map((column) => (
              <th key={column.field} scope="col">
                {column.letter !== "" && <span class="letter">{column.letter}</span>} {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outcomes.map((one) => (
            <Row key={one.row} one={one} columns={columns} names={names} />
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
