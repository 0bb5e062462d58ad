// Making a report final, which is for good; what stands in the way of it is explained and led to.
import { useState } from "preact/hooks";
import { change } from "../api/call";
import { Fault, offline } from "../api/fault";
import type { Member, Report, ReportChanged } from "../api/report";
import { Failure } from "../parts/states";
import { fieldOf } from "./editor";
import { MemberChooser, usual } from "./member_chooser";
import { keyOfField, partsOf } from "./sections";

function focusOn(id: string) {
  const field = document.getElementById(id);
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}

/** What has been put right since is no longer told. */
function Refusal({ fault, report }: { fault: Fault; report: Report }) {
  const missing = fault.fields.map((one) => keyOfField(one.field)).filter((key) => key !== "");
  if (fault.reason === "NOT_COMMENTED" && report.comments.length > 0) return null;
  if (missing.length > 0) {
    const parts = partsOf(report).filter((part) => part.missing && missing.includes(part.key));
    if (parts.length === 0) return null;
    return (
      <div class="notice fault" role="alert">
        <p>Chưa chốt được: còn mục chưa viết.</p>
        <ul>
          {parts.map((part) => (
            <li key={part.key}>
              <button type="button" class="link" onClick={() => focusOn(fieldOf(part.key))}>
                {part.title}
              </button>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  if (fault.code === "ABORTED") {
    return (
      <div class="notice warning" role="alert">
        <p>
          Chưa chốt: báo cáo vừa có người khác sửa hoặc góp ý. Đã tải lại; hãy xem lại nội dung mới rồi chốt.
        </p>
      </div>
    );
  }
  if (fault.reason === "NOT_COMMENTED") {
    return (
      <div class="notice fault" role="alert">
        <p>{fault.sentence} Chờ các đơn vị góp ý, hoặc đánh dấu “Không chờ ý kiến của đơn vị nào” nếu khối đã thống nhất.</p>
      </div>
    );
  }
  if (fault.reason === "FIGURES_STALE" || fault.reason === "RANKING_OVERTAKEN") {
    return (
      <div class="notice fault" role="alert">
        <p>{fault.sentence} Bấm “Lấy lại số liệu” ở phần viết.</p>
      </div>
    );
  }
  return <Failure fault={fault} />;
}

export function Finalising({
  report,
  members,
  take,
  again,
}: {
  report: Report;
  members: Member[];
  take: (report: Report) => void;
  again: () => void;
}) {
  const [unit, setUnit] = useState(() => usual(members, "ROLE_DEPUTY", "ROLE_LEADER"));
  const [withoutComments, setWithoutComments] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const [asked, setAsked] = useState(false);
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const notAgreed = asked && !agreed;
  const finalise = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    setAsked(true);
    if (!agreed) {
      focusOn("dong-y-chot");
      return;
    }
    setSending(true);
    setFault(undefined);
    try {
      const answer = await change<ReportChanged>(`/v1/${report.name}:finalise`, {
        etag: report.etag,
        finalisedBy: unit,
        withoutComments,
      });
      take(answer.report);
    } catch (thrown) {
      setFault(thrown instanceof Fault ? thrown : offline());
    }
    again();
    setSending(false);
  };
  return (
    <section aria-labelledby="chot">
      <h2 id="chot">Chốt báo cáo</h2>
      <p class="soft small">
        Khối phó chốt (khối không có khối phó thì khối trưởng chốt). Báo cáo đã chốt không sửa được nữa; số, ngày và chữ ký
        do cơ quan ban hành ghi.
      </p>
      <form onSubmit={(event) => void finalise(event)} noValidate>
        {report.comments.length === 0 && (
          <label class="tick">
            <input
              type="checkbox"
              checked={withoutComments}
              onChange={(event) => setWithoutComments(event.currentTarget.checked)}
            />{" "}
            Không chờ ý kiến của đơn vị nào
          </label>
        )}
        <label class="tick">
          <input
            id="dong-y-chot"
            type="checkbox"
            checked={agreed}
            aria-invalid={notAgreed}
            aria-describedby={notAgreed ? "dong-y-chot-loi" : undefined}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />{" "}
          Tôi đã xem bản dự thảo và hiểu rằng chốt rồi không sửa được nữa
        </label>
        {notAgreed && (
          <p class="field-fault" id="dong-y-chot-loi">
            Hãy xem bản dự thảo và đánh dấu ô này trước khi chốt.
          </p>
        )}
        {fault && <Refusal fault={fault} report={report} />}
        <div class="actions">
          <MemberChooser id="don-vi-chot" name="Đơn vị chốt" members={members} unit={unit} choose={setUnit} />
          <button type="submit" aria-disabled={sending}>
            Chốt báo cáo
          </button>
        </div>
      </form>
    </section>
  );
}
