// What lies behind one figure, read when it is asked for: its revisions, remarks and documents.
import { useState } from "preact/hooks";
import { useReading } from "../api/reading";
import type { GetEvidenceResponse, ListResultRevisionsResponse, Result } from "../api/target";
import { Shown } from "../parts/states";
import { idOf } from "../shell/place";
import { showTime } from "../text/date";
import { showNumber } from "../text/number";
import { showQuantity } from "../text/quantity";

function size(bytes: string): string {
  const kilobytes = (BigInt(bytes) + 1023n) / 1024n;
  return kilobytes < 1024n ? `${kilobytes} KB` : `${showNumber(String(kilobytes / 1024n))} MB`;
}

function EvidenceLink({ name }: { name: string }) {
  const reading = useReading<GetEvidenceResponse>(`/v1/${name}`);
  const evidence = reading.answer?.evidence;
  return (
    <a href={`/files/v1/${name}`} download={evidence?.fileName ?? ""}>
      {evidence ? `${evidence.fileName} (${size(evidence.size)})` : `Minh chứng ${idOf(name).slice(0, 8)}…`}
    </a>
  );
}

export function EvidenceList({ result }: { result: Result | undefined }) {
  if (!result || result.evidence.length === 0) return null;
  return (
    <ul class="evidence" aria-label="Minh chứng">
      {result.evidence.map((name) => (
        <li key={name}>
          <EvidenceLink name={name} />
        </li>
      ))}
    </ul>
  );
}

function RevisionsTable({ name }: { name: string }) {
  const reading = useReading<ListResultRevisionsResponse>(`/v1/${name}/revisions`);
  return (
    <Shown reading={reading}>
      {({ results }) => (
        <ol class="steps" reversed>
          {results.map((one) => (
            <li key={one.revision} value={Number(one.revision)}>
              {showQuantity(one.actual)}
              {one.statedPercent && `, đơn vị nêu ${showQuantity(one.statedPercent)}`}
              {one.reportTime && <span class="soft"> – lúc {showTime(one.reportTime)}</span>}
              {one.late && " – nộp muộn"}
              {one.correctionReason !== "" && <div>Lý do sửa: {one.correctionReason}</div>}
              {one.explanation !== "" && <div>Giải trình: {one.explanation}</div>}
              {one.note !== "" && <div>Ghi chú: {one.note}</div>}
            </li>
          ))}
        </ol>
      )}
    </Shown>
  );
}

/** Every revision of a figure. */
export function Revisions({ result, of }: { result: Result; of: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="small" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Các lần báo cáo ({result.revision})<span class="hidden">: {of}</span>
      </summary>
      {open && <RevisionsTable name={result.name} />}
    </details>
  );
}
