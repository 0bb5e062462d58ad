// How many rows come to what; one kind of them, page by page.
import { useMemo, useState } from "preact/hooks";
import type { Import, ListImportOutcomesResponse } from "../api/import";
import { useReading } from "../api/reading";
import type { GetMidYearReviewResponse } from "../api/review";
import { Empty, Shown } from "../parts/states";
import { columnsShown, columnsWithWords } from "./columns";
import type { KeptPlan } from "./kept_file";
import { OutcomeRows, type TargetNames } from "./outcome_rows";

const pageSize = 50;

interface Choice {
  id: string;
  name: string;
  look: string;
  count: string;
  query: Record<string, string | boolean>;
}

function choicesOf({ counts, nextRow }: Import): Choice[] {
  return [
    { id: "all", name: "Mọi dòng", look: "", count: nextRow, query: {} },
    {
      id: "rejected",
      name: "Bị từ chối",
      look: "behind",
      count: counts.rejected,
      query: { kinds: "KIND_REJECTED" },
    },
    { id: "warned", name: "Có lưu ý", look: "warned", count: counts.warned, query: { onlyWarned: true } },
    { id: "created", name: "Thêm mới", look: "reached", count: counts.created, query: { kinds: "KIND_CREATED" } },
    { id: "updated", name: "Sửa số đã có", look: "on-pace", count: counts.updated, query: { kinds: "KIND_UPDATED" } },
    { id: "unchanged", name: "Không đổi", look: "", count: counts.unchanged, query: { kinds: "KIND_UNCHANGED" } },
  ];
}

function useTargetNames(period: string): TargetNames {
  const review = useReading<GetMidYearReviewResponse>(`/v1/${period}/review`);
  return useMemo(
    () => ({
      targets: new Map(
        (review.answer?.review.lines ?? []).map((line) => [
          line.target.name,
          { unit: line.unitDisplayName, target: line.target.displayName },
        ]),
      ),
    }),
    [review.answer],
  );
}

export function PlannedRows({ plan, kept, period }: { plan: Import; kept: KeptPlan | undefined; period: string }) {
  const choices = choicesOf(plan);
  const [id, setId] = useState(plan.counts.rejected === "0" ? "all" : "rejected");
  // Of the pages gone through, the one that is shown last.
  const [tokens, setTokens] = useState<string[]>([""]);
  const chosen = choices.find((choice) => choice.id === id) ?? choices[0]!;
  const page = useReading<ListImportOutcomesResponse>(`/v1/${plan.name}/outcomes`, {
    ...chosen.query,
    pageSize,
    pageToken: tokens[tokens.length - 1] ?? "",
  });
  const names = useTargetNames(period);
  const first = (tokens.length - 1) * pageSize + 1;
  const next = page.answer?.nextPageToken ?? "";
  return (
    <section aria-labelledby="tung-dong">
      <h2 id="tung-dong">Từng dòng</h2>
      <ul class="counts" aria-label="Số dòng theo kết quả đối chiếu; chọn để xem">
        {choices.map((choice) => (
          <li key={choice.id}>
            <button
              type="button"
              class={`count ${choice.look}`}
              aria-pressed={choice.id === id}
              onClick={() => {
                setId(choice.id);
                setTokens([""]);
              }}
            >
              <span class="count-number">{choice.count}</span> {choice.name}
            </button>
          </li>
        ))}
      </ul>
      <Shown reading={page}>
        {({ outcomes }) => (
          <>
            <p class="soft small" role="status">
              {chosen.name}: {outcomes.length === 0 ? "không có" : `${first}–${first + outcomes.length - 1}`} trong{" "}
              {chosen.count} dòng
            </p>
            {outcomes.length === 0 ? (
              <Empty>Không có dòng nào như vậy.</Empty>
            ) : (
              <OutcomeRows outcomes={outcomes} columns={columnsWithWords(columnsShown(kept?.columns), outcomes)} names={names} />
            )}
          </>
        )}
      </Shown>
      {(Number(chosen.count) > pageSize || tokens.length > 1) && (
        <div class="actions">
          <button
            type="button"
            aria-disabled={tokens.length === 1}
            onClick={() => tokens.length > 1 && setTokens(tokens.slice(0, -1))}
          >
            Trang trước
          </button>
          <button
            type="button"
            aria-disabled={next === ""}
            onClick={() => next !== "" && setTokens([...tokens, next])}
          >
            Trang sau
          </button>
        </div>
      )}
    </section>
  );
}
