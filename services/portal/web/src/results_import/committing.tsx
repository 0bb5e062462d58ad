// Storing a plan, all or nothing. What moved meanwhile is explained, and the file is planned again.
import { useEffect, useRef, useState } from "preact/hooks";
import { postForEvents } from "../api/answered_events";
import { Fault, offline } from "../api/fault";
import { noteFreshness } from "../api/freshness";
import type { CommitImportResponse, Import, ImportOutcome } from "../api/import";
import { Failure } from "../parts/states";
import { type Place, pathTo, periodName } from "../shell/place";
import { rowOfPlace } from "./columns";
import { FileFault, Progress, usePlanning } from "./choose_file";
import { keptFile } from "./kept_file";

const pauses = [500, 1500, 4000];

/** Committing again says the same again: what nobody can tell is asked once more. */
async function commit(plan: string, skipRejected: boolean, gone: (rows: number) => void): Promise<CommitImportResponse> {
  for (let attempt = 0; ; ++attempt) {
    try {
      let committed: CommitImportResponse | undefined;
      await postForEvents(`/v1/${plan}:commit`, { skipRejected }, (_, data) => {
        const event = data as CommitImportResponse;
        if (event.progress) gone(Number(event.progress.rows));
        if (event.committed) committed = event;
      });
      if (committed) return committed;
      throw offline();
    } catch (fault) {
      const pause = pauses[attempt];
      if (!(fault instanceof Fault) || !fault.mayPass || pause === undefined) throw fault;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}

/** `justNow`: it takes the place of the form that had the focus, and so the focus too. */
export function Stored({ plan, place, justNow }: { plan: Import; place: Place; justNow: boolean }) {
  const { created, updated, rejected } = plan.counts;
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (justNow) notice.current?.focus();
  }, [justNow]);
  return (
    <div class="notice final" role="status" ref={notice} tabIndex={-1}>
      <p>
        <strong>Đã lưu.</strong> Thêm {created} số mới, sửa {updated} số đã báo cáo
        {rejected !== "0" && `; bỏ qua ${rejected} dòng bị từ chối`}.
      </p>
      <p>
        <a href={pathTo("xep-hang", place)}>Xem bảng xếp hạng sau khi lưu</a> ·{" "}
        <a href={pathTo("so-ket", place)}>Sơ kết</a> · <a href={pathTo("nhap-ket-qua", place)}>Nhập tệp khác</a>
      </p>
    </div>
  );
}

/** The plan is no longer what would become of the rows. */
function Moved({
  fault,
  places,
  plan,
  place,
}: {
  fault: Fault;
  places: Map<string, string>;
  plan: Import;
  place: Place;
}) {
  const planning = usePlanning(place);
  const file = keptFile(plan.name);
  return (
    <>
      <div class="notice warning" role="alert">
        <p>
          <strong>Chưa lưu gì: số liệu đã thay đổi từ khi lập dự kiến.</strong> Hãy lập dự kiến lại để xem trước khi lưu.
        </p>
        {fault.fields.length > 0 && (
          <ul>
            {fault.fields.map((one) => {
              const row = /^rows\[([0-9]+)\]/.exec(one.field)?.[1] ?? "";
              return (
                <li key={one.field}>
                  {row !== "" && `${rowOfPlace(places.get(row) ?? "", row)}: `}
                  {one.sentence}
                </li>
              );
            })}
          </ul>
        )}
        <div class="actions">
          {file ? (
            <button
              type="button"
              class="primary"
              disabled={planning.sent !== undefined}
              onClick={() => planning.plan(file)}
            >
              Lập dự kiến lại từ “{file.name}”
            </button>
          ) : (
            <a class="button" href={pathTo("nhap-ket-qua", place)}>
              Chọn lại tệp để lập dự kiến
            </a>
          )}
        </div>
      </div>
      <Progress planning={planning} />
      {planning.fault && <FileFault fault={planning.fault} />}
    </>
  );
}

export function Committing({
  plan,
  place,
  rows,
  stored,
}: {
  plan: Import;
  place: Place;
  rows: ImportOutcome[] | undefined;
  stored: (plan: Import) => void;
}) {
  const period = periodName(place);
  const [skip, setSkip] = useState(false);
  const [asked, setAsked] = useState(false);
  const [gone, setGone] = useState<number>();
  const [fault, setFault] = useState<Fault>();
  const rejected = Number(plan.counts.rejected);
  const changes = Number(plan.counts.created) + Number(plan.counts.updated);
  const mustSkip = asked && rejected > 0 && !skip;
  const store = async (event: Event) => {
    event.preventDefault();
    if (gone !== undefined) return;
    setAsked(true);
    if (rejected > 0 && !skip) {
      document.getElementById("bo-qua")?.focus();
      return;
    }
    setFault(undefined);
    setGone(0);
    try {
      const { committed } = await commit(plan.name, skip, setGone);
      noteFreshness(period, committed?.freshnessToken);
      if (committed) stored(committed.import);
    } catch (thrown) {
      setFault(thrown instanceof Fault ? thrown : offline());
    }
    setGone(undefined);
  };
  const places = new Map((rows ?? []).map((row) => [row.row, row.place]));
  return (
    <section aria-labelledby="luu">
      <h2 id="luu">Lưu</h2>
      {changes === 0 ? (
        <p>
          {rejected > 0
            ? "Không dòng nào lưu được. Hãy sửa tệp theo các lỗi ở trên rồi nhập lại."
            : "Mọi dòng đều trùng với số đã báo cáo: không có gì để lưu."}{" "}
          <a href={pathTo("nhap-ket-qua", place)}>Nhập tệp khác</a>
        </p>
      ) : (
        <form onSubmit={(event) => void store(event)} noValidate>
          {rejected > 0 && (
            <>
              <label class="tick">
                <input
                  id="bo-qua"
                  type="checkbox"
                  checked={skip}
                  aria-invalid={mustSkip}
                  aria-describedby={mustSkip ? "bo-qua-loi" : undefined}
                  onChange={(event) => setSkip(event.currentTarget.checked)}
                />{" "}
                Bỏ qua {rejected} dòng bị từ chối, chỉ lưu các dòng đúng
              </label>
              {mustSkip && (
                <p class="field-fault" id="bo-qua-loi">
                  Còn {rejected} dòng bị từ chối: sửa tệp rồi nhập lại, hoặc đánh dấu ô này.
                </p>
              )}
            </>
          )}
          <div class="actions">
            <button type="submit" class="primary" aria-disabled={gone !== undefined}>
              Lưu {changes} số liệu
            </button>
            <a class="button" href={pathTo("nhap-ket-qua", place)}>
              Không lưu, nhập tệp khác
            </a>
          </div>
          {gone !== undefined && (
            <div class="planning">
              <p role="status">Đang lưu…</p>
              <progress max={Number(plan.nextRow)} value={gone} aria-label="Số dòng đã lưu" />
            </div>
          )}
        </form>
      )}
      {fault &&
        (fault.code === "ABORTED" ? (
          <Moved fault={fault} places={places} plan={plan} place={place} />
        ) : (
          <Failure fault={fault} />
        ))}
    </section>
  );
}
