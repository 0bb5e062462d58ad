// What a unit reports that is never scored: shown all the same, with its documents.
import type { ReviewLine } from "../api/review";
import { EvidenceList, Revisions } from "./figure";

export function Informational({ lines }: { lines: ReviewLine[] }) {
  const shown = lines.filter((line) => line.standing === "STANDING_INFORMATIONAL");
  if (shown.length === 0) return null;
  return (
    <section>
      <h2>Thông tin thêm, không tính điểm</h2>
      <ul>
        {shown.map((line) => (
          <li key={line.target.name}>
            {line.target.displayName}: {line.sentence}
            {line.result && <Revisions result={line.result} of={line.target.displayName} />}
            <EvidenceList result={line.result} />
          </li>
        ))}
      </ul>
    </section>
  );
}
