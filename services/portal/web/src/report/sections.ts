// The parts of a report that people write, in the order of the report, and how they are named.
import type { Report, ReportSection } from "../api/report";

export interface WrittenPart {
  /** "KIND_CONTENT noi-dung-2": names it within the report. */
  key: string;
  kind: ReportSection["kind"];
  criterionId: string;
  title: string;
  /** Paragraphs, one a line. */
  text: string;
  /** Must be written before the report is final. */
  missing: boolean;
}

const titles: Partial<Record<ReportSection["kind"], string>> = {
  KIND_SHORTCOMINGS: "Tồn tại, hạn chế, nguyên nhân",
  KIND_DIRECTIONS: "Phương hướng, nhiệm vụ",
  KIND_PROPOSALS: "Kiến nghị, đề xuất",
};

export function keyOf({ kind, criterionId }: { kind: string; criterionId: string }): string {
  return `${kind} ${criterionId}`.trim();
}

/** "sections.KIND_CONTENT.noi-dung-2" of a refusal → the part's key. */
export function keyOfField(field: string): string {
  const [, kind, criterionId = ""] = /^sections\.(KIND_[A-Z]+)(?:\.(.*))?$/.exec(field) ?? [];
  return kind === undefined ? "" : keyOf({ kind, criterionId });
}

export function paragraphsOf(text: string): string[] {
  return text
    .split(/\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export function partsOf(report: Report): WrittenPart[] {
  const contents = report.figures?.pact?.schemeContent?.contents ?? [];
  const parts = [
    ...contents.map(({ criterionId, displayName }) => ({
      kind: "KIND_CONTENT" as const,
      criterionId,
      title: displayName,
    })),
    ...(["KIND_SHORTCOMINGS", "KIND_DIRECTIONS", "KIND_PROPOSALS"] as const).map((kind) => ({
      kind,
      criterionId: "",
      title: titles[kind] ?? "",
    })),
  ];
  return parts.map((part) => {
    const key = keyOf(part);
    const written = report.sections.find((section) => keyOf(section) === key);
    return {
      ...part,
      key,
      text: (written?.paragraphs ?? []).join("\n"),
      missing: report.missingSections.some((section) => keyOf(section) === key),
    };
  });
}
