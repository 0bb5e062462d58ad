// A period's reports, newest first, and drafting the next one.
import { useState } from "preact/hooks";
import { change } from "../api/call";
import { Fault, offline } from "../api/fault";
import { freshnessFor } from "../api/freshness";
import { useReadingList } from "../api/reading";
import type { ListReportsResponse, ReportChanged } from "../api/report";
import { Empty, Failure, Shown } from "../parts/states";
import { Wide } from "../parts/wide";
import { goTo } from "../shell/navigation";
import { type Place, idOf, pathTo, periodName } from "../shell/place";
import { showTime } from "../text/date";
import { Downloads, ReportStateTag } from "./state";

function Draft({ place }: { place: Place }) {
  const period = periodName(place);
  const [drafting, setDrafting] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const draft = async () => {
    setDrafting(true);
    setFault(undefined);
    try {
      const { report } = await change<ReportChanged>(`/v1/${period}/reports`, {
        freshnessToken: freshnessFor(period),
      });
      goTo(pathTo("bao-cao", place, idOf(report.name)));
    } catch (thrown) {
      setFault(thrown instanceof Fault ? thrown : offline());
      setDrafting(false);
    }
  };
  return (
    <>
      <div class="actions">
        <button type="button" class="primary" disabled={drafting} onClick={() => void draft()}>
          Lập dự thảo mới
        </button>
      </div>
      {fault && <Failure fault={fault} />}
    </>
  );
}

export function ReportList({ place }: { place: Place }) {
  const list = useReadingList<ListReportsResponse>(`/v1/${periodName(place)}/reports`, "reports");
  return (
    <>
      <p>
        Dự thảo lấy số liệu hiện có của kỳ, trình bày theo Nghị định 30/2020/NĐ-CP. Khối trưởng, khối phó viết tiếp, các đơn
        vị góp ý, khối phó chốt.
      </p>
      <Draft place={place} />
      <Shown reading={list}>
        {({ reports }) =>
          reports.length === 0 ? (
            <Empty>Kỳ này chưa có báo cáo nào.</Empty>
          ) : (
            <Wide name="Các báo cáo của kỳ">
              <table class="cards">
                <thead>
                  <tr>
                    <th scope="col">Báo cáo</th>
                    <th scope="col">Tình trạng</th>
                    <th scope="col">Lập lúc</th>
                    <th scope="col">Sửa lần cuối</th>
                    <th scope="col">Tải về</th>
                  </tr>
                </thead>
                <tbody>
                  {reports.map((report) => {
                    const name = `Báo cáo lần ${idOf(report.name)}`;
                    return (
                      <tr key={report.name}>
                        <th scope="row">
                          <a href={pathTo("bao-cao", place, idOf(report.name))}>{name}</a>
                        </th>
                        <td>
                          <ReportStateTag state={report.state} />
                        </td>
                        <td data-name="Lập lúc">{report.createTime && showTime(report.createTime)}</td>
                        <td data-name="Sửa lần cuối">{report.updateTime && showTime(report.updateTime)}</td>
                        <td class="downloads" data-name="Tải về">
                          <Downloads name={report.name} of={name} />
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </Wide>
          )
        }
      </Shown>
    </>
  );
}
