// Provisional or final, in a word.
import type { FinalRecord, RankingState } from "../api/ranking";

export function StateTag({ state, record }: { state: RankingState; record?: FinalRecord | undefined }) {
  if (record?.state === "STATE_REVOKED") return <span class="tag revoked">Đã thu hồi</span>;
  return state === "STATE_FINAL" ? (
    <span class="tag final">Chính thức</span>
  ) : (
    <span class="tag provisional">Tạm tính</span>
  );
}
