// Who has reported and who has not: of each unit how much was expected, came in time, came late, is missing.
import type { CompletenessRow, GetCompletenessResponse, SubmissionState } from "../api/completeness";
import { Wide } from "../parts/wide";

const submissions: Record<SubmissionState, string> = {
  STATE_UNSPECIFIED: "",
  STATE_NOT_SUBMITTED: "Chưa nộp",
  STATE_SUBMITTED: "Đã nộp, chờ xác nhận",
  STATE_RETURNED: "Bị trả lại",
  STATE_VERIFIED: "Đã xác nhận",
  STATE_CHANGED: "Đã sửa sau khi nộp",
};

export interface Names {
  units: Map<string, string>;
  targets: Map<string, string>;
}

function Row({ row, names }: { row: CompletenessRow; names: Names }) {
  return (
    <tr>
      <th scope="row">
        {row.unit === "" ? "Toàn khối" : (names.units.get(row.unit) ?? row.unit)}
        {row.missingTargets.length > 0 && (
          <ul class="missing-targets">
            {row.missingTargets.map((target) => (
              <li key={target}>{names.targets.get(target) ?? target}</li>
            ))}
          </ul>
        )}
      </th>
      <td class="number" data-name="Phải báo cáo">
        {row.expected}
      </td>
      <td class="number" data-name="Đã báo cáo">
        {row.reported}
      </td>
      <td class="number" data-name="Đúng hạn">
        {row.inTime}
      </td>
      <td class={`number${row.late > 0 ? "" : " soft"}`} data-name="Muộn">
        {row.late > 0 ? <strong>{row.late}</strong> : 0}
      </td>
      <td class={`number ${row.missing > 0 ? "down" : "soft"}`} data-name="Chưa báo cáo">
        {row.missing > 0 ? <strong>{row.missing}</strong> : 0}
      </td>
      <td data-name="Báo cáo của đơn vị">{submissions[row.submission]}</td>
    </tr>
  );
}

/** In a line: what is complete, and whom one has to ask. */
function Summary({ response, names }: { response: GetCompletenessResponse; names: Names }) {
  const missing = response.units.filter((row) => row.missing > 0);
  const { reported, expected, late } = response.total;
  return (
    <p>
      Đã báo cáo <strong>{reported}/{expected}</strong> chỉ tiêu{late > 0 && `, trong đó ${late} nộp muộn`}.{" "}
      {missing.length === 0
        ? "Không đơn vị nào còn thiếu số liệu."
        : `Còn thiếu số liệu của: ${missing
            .map((row) => `${names.units.get(row.unit) ?? row.unit} (${row.missing})`)
            .join("; ")}.`}{" "}
      {response.sealed && "Kỳ này đã khóa sổ."}
    </p>
  );
}

export function Reported({ response, names, unit }: { response: GetCompletenessResponse; names: Names; unit: string }) {
  const rows = response.units.filter((row) => unit === "" || row.unit === unit);
  return (
    <>
      <Summary response={response} names={names} />
      <Wide name="Tình hình báo cáo của các đơn vị">
        <table class="cards counted">
          <thead>
            <tr>
              <th scope="col">Đơn vị, chỉ tiêu chưa báo cáo</th>
              <th scope="col" class="number">
                Phải báo cáo
              </th>
              <th scope="col" class="number">
                Đã báo cáo
              </th>
              <th scope="col" class="number">
                Đúng hạn
              </th>
              <th scope="col" class="number">
                Muộn
              </th>
              <th scope="col" class="number">
                Chưa báo cáo
              </th>
              <th scope="col">Báo cáo của đơn vị</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.unit} row={row} names={names} />
            ))}
            {unit === "" && <Row row={response.total} names={names} />}
          </tbody>
        </table>
      </Wide>
    </>
  );
}
