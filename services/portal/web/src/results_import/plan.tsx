// One plan: what each row would become, the ranking it would make, and storing it.
import { useState } from "preact/hooks";
import type { GetImportResponse, Import } from "../api/import";
import { useReading } from "../api/reading";
import { Shown } from "../parts/states";
import { type Place, idOf, periodName } from "../shell/place";
import { showTime } from "../text/date";
import { useAcceptedRows } from "./accepted_rows";
import { Committing, Stored } from "./committing";
import { type KeptPlan, keptPlan } from "./kept_file";
import { PlannedRows } from "./planned_rows";
import { WouldBe } from "./would_be";

/** What of the file is not in the plan. */
function LeftOut({ kept }: { kept: KeptPlan }) {
  const { withoutFigure, notConfirmed } = kept.passedOver;
  const notes = [
    withoutFigure !== "0" && `${withoutFigure} dòng có chỉ tiêu nhưng để trống kết quả: không báo cáo gì, đã bỏ qua.`,
    notConfirmed !== "0" && `${notConfirmed} dòng chưa đánh dấu ở cột “Xác nhận”: đã bỏ qua.`,
    kept.unknownColumns.length > 0 && `Cột không đọc: ${kept.unknownColumns.join(", ")}.`,
  ].filter((note) => note !== false);
  if (notes.length === 0) return null;
  return (
    <div class="notice">
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}

function Planned({ plan, kept, place }: { plan: Import; kept: KeptPlan | undefined; place: Place }) {
  const period = periodName(place);
  const [committed, setCommitted] = useState<Import>();
  const accepted = useAcceptedRows(plan);
  const isStored = committed !== undefined || plan.state === "STATE_STORED";
  return (
    <>
      {isStored ? (
        <Stored plan={committed ?? plan} place={place} justNow={committed !== undefined} />
      ) : (
        <p class="notice provisional">
          <strong>Dự kiến, chưa lưu gì.</strong> Xem từng dòng và xếp hạng nếu lưu, rồi lưu ở cuối trang.
        </p>
      )}
      {kept && <LeftOut kept={kept} />}
      <PlannedRows plan={plan} kept={kept} period={period} />
      {!isStored && (
        <>
          <WouldBe period={period} plan={plan} kept={kept} accepted={accepted} />
          <Committing plan={plan} place={place} rows={accepted.rows} stored={setCommitted} />
        </>
      )}
    </>
  );
}

export function Plan({ place, name }: { place: Place; name: string }) {
  const read = useReading<GetImportResponse>(`/v1/${name}`);
  const kept = keptPlan(name);
  return (
    <Shown reading={read}>
      {({ import: plan }) => (
        <>
          <p class="soft">
            {kept ? `Tệp “${kept.fileName}”` : `Lần nhập ${idOf(name)}`}
            {plan.createTime && `, lập dự kiến lúc ${showTime(plan.createTime)}`}
          </p>
          <Planned plan={plan} kept={kept} place={place} />
        </>
      )}
    </Shown>
  );
}
