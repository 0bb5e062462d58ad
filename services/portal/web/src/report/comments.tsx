// What the units say of a draft, and saying something oneself.
import { useState } from "preact/hooks";
import { change } from "../api/call";
import { Fault, offline } from "../api/fault";
import type { Member, Report, ReportChanged } from "../api/report";
import { Failure } from "../parts/states";
import { showTime } from "../text/date";
import { MemberChooser } from "./member_chooser";
import { paragraphsOf } from "./sections";

function List({ report }: { report: Report }) {
  if (report.comments.length === 0) return <p class="soft">Chưa đơn vị nào có ý kiến.</p>;
  return (
    <ol class="comments">
      {report.comments.map((comment, at) => (
        <li key={at}>
          <p class="comment-by">
            <strong>{comment.unitDisplayName}</strong>
            <span class="soft small">
              {comment.time && ` lúc ${showTime(comment.time)}`}, về phiên bản {comment.reportVersion}
            </span>
          </p>
          {paragraphsOf(comment.text).map((paragraph, number) => (
            <p key={number}>{paragraph}</p>
          ))}
        </li>
      ))}
    </ol>
  );
}

function Form({ report, members, take }: { report: Report; members: Member[]; take: (report: Report) => void }) {
  const [unit, setUnit] = useState("");
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [said, setSaid] = useState("");
  const unitFault = asked && unit === "" ? "Hãy chọn đơn vị có ý kiến." : "";
  const textFault = asked && text.trim() === "" ? "Hãy ghi ý kiến." : "";
  const send = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    setSaid("");
    setAsked(true);
    if (unit === "" || text.trim() === "") {
      document.getElementById(unit === "" ? "don-vi-y-kien" : "y-kien")?.focus();
      return;
    }
    setSending(true);
    setFault(undefined);
    try {
      take((await change<ReportChanged>(`/v1/${report.name}:comment`, { unit, text: text.trim() })).report);
      setText("");
      setAsked(false);
      setSaid("Đã gửi ý kiến.");
    } catch (thrown) {
      setFault(thrown instanceof Fault ? thrown : offline());
    }
    setSending(false);
  };
  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <MemberChooser
        id="don-vi-y-kien"
        name="Đơn vị có ý kiến"
        members={members}
        unit={unit}
        choose={setUnit}
        fault={unitFault}
      />
      <div class="field written-part">
        <label for="y-kien">Ý kiến</label>
        <textarea
          id="y-kien"
          rows={4}
          maxLength={5000}
          value={text}
          aria-invalid={textFault !== ""}
          aria-describedby={textFault === "" ? undefined : "y-kien-loi"}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {textFault !== "" && (
          <span id="y-kien-loi" class="field-fault">
            {textFault}
          </span>
        )}
      </div>
      {fault && <Failure fault={fault} />}
      <div class="actions">
        <button type="submit" aria-disabled={sending}>
          Gửi ý kiến
        </button>
      </div>
      <p role="status">{said}</p>
    </form>
  );
}

export function Comments({
  report,
  members,
  take,
}: {
  report: Report;
  members: Member[];
  take: (report: Report) => void;
}) {
  return (
    <section aria-labelledby="y-kien-don-vi">
      <h2 id="y-kien-don-vi">Ý kiến của các đơn vị ({report.comments.length})</h2>
      <List report={report} />
      {report.state !== "STATE_FINAL" && <Form report={report} members={members} take={take} />}
    </section>
  );
}
