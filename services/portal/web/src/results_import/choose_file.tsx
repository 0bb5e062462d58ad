// Choosing or dropping a file of results: it is sent and planned at once, and nothing is stored.
import { useEffect, useRef, useState } from "preact/hooks";
import { newImportName, planFile } from "../api/import";
import { Fault, offline } from "../api/fault";
import { Failure } from "../parts/states";
import { goTo } from "../shell/navigation";
import { type Place, idOf, pathTo, periodName } from "../shell/place";
import { keepPlan } from "./kept_file";

export interface Planning {
  /** 0 to 1 while the file is sent; undefined: none is being planned. */
  sent: number | undefined;
  fileName: string;
  fault: Fault | undefined;
  plan: (file: File) => void;
  cancel: () => void;
}

/** Plans a file and goes to the page of its plan. */
export function usePlanning(place: Place): Planning {
  const period = periodName(place);
  const [sent, setSent] = useState<number>();
  const [fileName, setFileName] = useState("");
  const [fault, setFault] = useState<Fault>();
  const leaving = useRef<AbortController>();
  useEffect(() => () => leaving.current?.abort(), []);
  const plan = (file: File) => {
    leaving.current?.abort();
    const now = new AbortController();
    leaving.current = now;
    setFault(undefined);
    setFileName(file.name);
    if (!/\.(csv|xlsx)$/i.test(file.name)) {
      setSent(undefined);
      setFault(new Fault(400, "INVALID_ARGUMENT", "", `Tệp “${file.name}” không phải *.xlsx hay *.csv.`));
      return;
    }
    setSent(0);
    planFile(period, file, newImportName(), setSent, now.signal).then(
      (answer) => {
        if (now.signal.aborted) return;
        keepPlan(file, answer);
        goTo(pathTo("nhap-ket-qua", place, idOf(answer.import.name)));
      },
      (thrown: unknown) => {
        if (now.signal.aborted) return;
        setSent(undefined);
        setFault(thrown instanceof Fault ? thrown : offline());
      },
    );
  };
  const cancel = () => {
    leaving.current?.abort();
    setSent(undefined);
  };
  return { sent, fileName, fault, plan, cancel };
}

/** Why a file could not be read, each fault at its place in the file. */
export function FileFault({ fault }: { fault: Fault }) {
  if (fault.wantsSignIn) return <Failure fault={fault} />;
  const placed = fault.fields.filter((one) => /!|[0-9]/.test(one.field));
  return (
    <div class="notice fault" role="alert">
      <p>
        <strong>Chưa lập được dự kiến.</strong> {placed.length === 0 && fault.sentence}
      </p>
      {placed.length > 0 && (
        <ul>
          {placed.map((one, at) => (
            <li key={at}>
              {one.field}: {one.sentence}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Progress({ planning }: { planning: Planning }) {
  const { sent, fileName } = planning;
  if (sent === undefined) return null;
  const percent = Math.floor(sent * 100);
  return (
    <div class="notice planning">
      <p role="status">
        {sent < 1 ? `Đang gửi “${fileName}”…` : `Đã gửi “${fileName}”, đang đối chiếu từng dòng với giao ước…`}
      </p>
      {sent < 1 ? (
        <progress max={100} value={percent} aria-label="Đã gửi" />
      ) : (
        <progress aria-label="Đang đối chiếu" />
      )}
      <button type="button" onClick={planning.cancel}>
        Dừng
      </button>
    </div>
  );
}

export function ChooseFile({ place, planning }: { place: Place; planning: Planning }) {
  const period = periodName(place);
  const [over, setOver] = useState(false);
  return (
    <>
      <div
        class={`drop${over ? " over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer?.files[0];
          if (file) planning.plan(file);
        }}
      >
        <p>Thả tệp vào đây, hoặc</p>
        {/* The browser's own button speaks the browser's language, not the page's. */}
        <label class="button" for="tep-ket-qua">
          Chọn tệp kết quả
        </label>
        <input
          id="tep-ket-qua"
          class="hidden"
          type="file"
          accept=".xlsx,.csv"
          aria-describedby="ve-tep"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) planning.plan(file);
            // Chosen again after it was mended, it is a change again.
            event.currentTarget.value = "";
          }}
        />
        <p id="ve-tep" class="soft small">
          Tệp *.xlsx hoặc *.csv, có dòng tiêu đề với các cột Đơn vị, Chỉ tiêu, Kết quả. Chọn xong là lập dự kiến ngay để
          xem; chưa lưu gì.
        </p>
      </div>
      <Progress planning={planning} />
      {planning.fault && <FileFault fault={planning.fault} />}
      <p>
        Chưa có tệp? Tải bảng của kỳ, có sẵn đơn vị, chỉ tiêu và số đã báo cáo, điền hoặc sửa rồi nhập lại:{" "}
        <a href={`/files/v1/${period}/results.xlsx`} download="">
          bảng XLSX
        </a>{" "}
        ·{" "}
        <a href={`/files/v1/${period}/results.csv`} download="">
          bảng CSV
        </a>
      </p>
    </>
  );
}
