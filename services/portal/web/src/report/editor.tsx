// Writing the report's parts. A part that somebody else wrote meanwhile shows both texts; nothing typed is lost.
import { useState } from "preact/hooks";
import { change } from "../api/call";
import { Fault, offline } from "../api/fault";
import type { Member, Report, ReportChanged } from "../api/report";
import { Failure } from "../parts/states";
import { MemberChooser, usual } from "./member_chooser";
import { type WrittenPart, paragraphsOf, partsOf } from "./sections";
import { useTyping } from "./typed";

/** The id of a part's text field, to which a refusal leads. */
export function fieldOf(key: string): string {
  return `muc-${key.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

function rows(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 70), 0);
  return Math.min(Math.max(lines + 1, 3), 14);
}

function Part({
  part,
  text,
  conflict,
  write,
  keep,
  drop,
}: {
  part: WrittenPart;
  text: string;
  conflict: boolean;
  write: (text: string) => void;
  keep: () => void;
  drop: () => void;
}) {
  const id = fieldOf(part.key);
  const changed = text !== part.text;
  return (
    <div class={`written-part${changed ? " is-typed" : ""}`}>
      <label for={id}>
        {part.title}
        {changed && <span class="soft small"> – chưa lưu</span>}
        {!changed && part.missing && <span class="down small"> – phải viết trước khi chốt</span>}
      </label>
      <textarea
        id={id}
        rows={rows(text)}
        value={text}
        aria-describedby={conflict ? `${id}-khac` : undefined}
        onInput={(event) => write(event.currentTarget.value)}
      />
      {conflict && (
        <div class="notice warning" id={`${id}-khac`}>
          <p>
            <strong>Mục này vừa được người khác sửa.</strong> Nội dung hiện lưu:
          </p>
          <blockquote>{part.text === "" ? <em>(đã xóa hết)</em> : part.text}</blockquote>
          <div class="actions">
            <button type="button" onClick={keep}>
              Giữ nội dung tôi đang viết
            </button>
            <button type="button" onClick={drop}>
              Lấy nội dung hiện lưu
            </button>
          </div>
        </div>
      )}
    </div>
  );
}

export function Editor({
  report,
  members,
  overtaken,
  take,
  again,
}: {
  report: Report;
  members: Member[];
  overtaken: boolean;
  take: (report: Report) => void;
  again: () => void;
}) {
  const { typed, type, forget } = useTyping(report.name);
  const [unit, setUnit] = useState(() => usual(members, "ROLE_LEADER", "ROLE_DEPUTY"));
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [said, setSaid] = useState("");
  const [movedOn, setMovedOn] = useState(false);
  const parts = partsOf(report);
  const textOf = (part: WrittenPart) => typed[part.key]?.text ?? part.text;
  const edited = parts.filter((part) => textOf(part) !== part.text);
  const conflicts = edited.filter((part) => typed[part.key]?.began !== part.text);

  const send = async (body: object, done: string, saved: string[]) => {
    if (saving) return;
    setSaving(true);
    setFault(undefined);
    setSaid("");
    setMovedOn(false);
    try {
      const answer = await change<ReportChanged>(`/v1/${report.name}:revise`, {
        etag: report.etag,
        revisedBy: unit,
        ...body,
      });
      take(answer.report);
      forget(saved);
      setSaid(done);
    } catch (thrown) {
      const refusal = thrown instanceof Fault ? thrown : offline();
      if (refusal.code === "ABORTED") setMovedOn(true);
      else setFault(refusal);
    }
    again();
    setSaving(false);
  };
  const save = (event: Event) => {
    event.preventDefault();
    const first = conflicts[0];
    if (first) {
      document.getElementById(fieldOf(first.key))?.focus();
      return;
    }
    if (edited.length === 0) {
      setSaid("Chưa có mục nào được sửa.");
      return;
    }
    const sections = edited.map((part) => ({
      kind: part.kind,
      criterionId: part.criterionId,
      paragraphs: paragraphsOf(textOf(part)),
    }));
    void send({ sections }, "Đã lưu các mục vừa sửa.", edited.map((part) => part.key));
  };
  return (
    <section aria-labelledby="noi-dung-bao-cao">
      <h2 id="noi-dung-bao-cao">Phần viết</h2>
      <p class="soft small">Số liệu và bảng do hệ thống lập; các mục dưới đây do khối viết. Mỗi dòng là một đoạn văn.</p>
      {overtaken && (
        <div class="notice warning">
          <p>Số liệu của kỳ đã thay đổi sau khi lập báo cáo này.</p>
        </div>
      )}
      <form onSubmit={save} noValidate>
        {parts.map((part) => (
          <Part
            key={part.key}
            part={part}
            text={textOf(part)}
            conflict={conflicts.includes(part)}
            write={(text) =>
              type(part.key, text === part.text ? undefined : { text, began: typed[part.key]?.began ?? part.text })
            }
            keep={() => type(part.key, { text: textOf(part), began: part.text })}
            drop={() => type(part.key, undefined)}
          />
        ))}
        {movedOn && (
          <div class="notice warning" role="alert">
            <p>
              <strong>Chưa lưu: báo cáo vừa có người khác sửa hoặc góp ý.</strong> Đã tải lại nội dung mới; những gì đang
              viết vẫn còn nguyên.{" "}
              {conflicts.length > 0
                ? "Với mục cả hai cùng sửa, hãy chọn giữ nội dung nào rồi lưu lại."
                : "Các mục đang viết không bị ai sửa: bấm Lưu lần nữa là được."}
            </p>
          </div>
        )}
        {fault && <Failure fault={fault} />}
        <div class="actions">
          <MemberChooser id="don-vi-sua" name="Đơn vị sửa" members={members} unit={unit} choose={setUnit} />
          <button type="submit" class="primary" aria-disabled={saving || edited.length === 0}>
            Lưu {edited.length > 0 && `${edited.length} mục`}
          </button>
          <button
            type="button"
            aria-disabled={saving}
            onClick={() => void send({ takeFigures: true }, "Đã lấy số liệu hiện có vào báo cáo.", [])}
          >
            Lấy lại số liệu
          </button>
        </div>
        <p role="status">{said}</p>
      </form>
    </section>
  );
}
