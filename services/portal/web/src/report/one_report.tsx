// One report: its document as it would be printed, what people write, the units' comments, and making it final.
import { useState } from "preact/hooks";
import { useReading } from "../api/reading";
import type { GetReportResponse, Report } from "../api/report";
import { Shown } from "../parts/states";
import { idOf } from "../shell/place";
import { showTime } from "../text/date";
import { Comments } from "./comments";
import { Editor } from "./editor";
import { Finalising } from "./finalising";
import { Downloads, ReportStateTag } from "./state";

/** Drawn anew with every version: the document's address stays the same. */
function Preview({ report }: { report: Report }) {
  return (
    <section aria-labelledby="ban-xem-truoc" class="preview">
      <h2 id="ban-xem-truoc">{report.state === "STATE_FINAL" ? "Văn bản" : "Xem trước"}</h2>
      <iframe
        key={report.version}
        sandbox=""
        tabIndex={0}
        title={`Văn bản báo cáo, phiên bản ${report.version}`}
        src={`/files/v1/${report.name}.html`}
      />
    </section>
  );
}

function Head({ report }: { report: Report }) {
  const members = report.figures?.pact?.members ?? [];
  const by = members.find((member) => member.unit === report.finalisedBy)?.displayName ?? report.finalisedBy;
  return (
    <>
      <p>
        <ReportStateTag state={report.state} />{" "}
        <span class="soft">
          {report.figures?.takeTime && `Số liệu lấy lúc ${showTime(report.figures.takeTime)}. `}
          {report.updateTime && `Sửa lần cuối lúc ${showTime(report.updateTime)}, phiên bản ${report.version}.`}
        </span>
      </p>
      {report.state === "STATE_FINAL" && (
        <div class="notice final">
          <p>
            <strong>Báo cáo đã chốt.</strong> {by} chốt{report.finaliseTime && ` lúc ${showTime(report.finaliseTime)}`}. Muốn
            thay đổi, hãy lập dự thảo mới.
          </p>
          <details class="small">
            <summary>Mã kiểm chứng</summary>
            <p class="digest">
              <code>{report.digest}</code>
            </p>
          </details>
        </div>
      )}
      {report.figures?.stale && report.state !== "STATE_FINAL" && (
        <p class="notice warning">
          Số liệu được lấy khi đang mất kết nối với nơi tiếp nhận kết quả, có thể đã cũ. Hãy lấy lại số liệu trước khi chốt.
        </p>
      )}
      <div class="actions">
        <Downloads name={report.name} of={`báo cáo lần ${idOf(report.name)}`} look="button" />
        <a class="button" href={`/files/v1/${report.name}.html`} target="_blank" rel="noopener">
          Mở để in<span class="hidden"> (thẻ mới)</span>
        </a>
      </div>
    </>
  );
}

export function OneReport({ name }: { name: string }) {
  const read = useReading<GetReportResponse>(`/v1/${name}`);
  // What a change answered, until it is read again: without figures, which a change of words leaves as they are.
  const [changed, take] = useState<Report>();
  return (
    <Shown reading={read}>
      {({ report: asRead, figuresOvertaken }) => {
        const newer = changed && BigInt(changed.version) > BigInt(asRead.version);
        const report: Report = newer ? { ...changed, ...(asRead.figures && { figures: asRead.figures }) } : asRead;
        const members = report.figures?.pact?.members ?? [];
        const parts = { report, members, take, again: read.again };
        return (
          <>
            <Head report={report} />
            {report.state === "STATE_FINAL" ? (
              <>
                <Preview report={report} />
                <Comments {...parts} />
              </>
            ) : (
              <div class="report">
                <div>
                  <Editor {...parts} overtaken={figuresOvertaken} />
                  <Comments {...parts} />
                  <Finalising {...parts} />
                </div>
                <Preview report={report} />
              </div>
            )}
          </>
        );
      }}
    </Shown>
  );
}
