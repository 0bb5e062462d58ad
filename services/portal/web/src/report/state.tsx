// How far a report is, in a word; and where its document is fetched.
import type { ReportState } from "../api/report";

const words: Record<ReportState, { name: string; look: string }> = {
  STATE_UNSPECIFIED: { name: "Dự thảo", look: "provisional" },
  STATE_DRAFT: { name: "Dự thảo", look: "provisional" },
  STATE_COMMENTED: { name: "Dự thảo, đã có ý kiến", look: "provisional" },
  STATE_FINAL: { name: "Đã chốt", look: "final" },
};

export function ReportStateTag({ state }: { state: ReportState }) {
  const { name, look } = words[state];
  return <span class={`tag ${look}`}>{name}</span>;
}

const forms = [
  { ending: "docx", name: "DOCX" },
  { ending: "html", name: "HTML" },
  { ending: "txt", name: "TXT" },
];

export function Downloads({ name, of, look = "" }: { name: string; of: string; look?: string }) {
  return (
    <>
      {forms.map((form) => (
        <a key={form.ending} class={look} href={`/files/v1/${name}.${form.ending}`} download="">
          <span class={look === "" ? "hidden" : ""}>Tải </span>
          {form.name}
          <span class="hidden"> của {of}</span>
        </a>
      ))}
    </>
  );
}
