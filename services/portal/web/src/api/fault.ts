// What the services answer when they refuse: the JSON of google.rpc.Status.

export interface FieldFault {
  /** "overlay.results[2].actual" */
  field: string;
  /** "NUMBER_INVALID" */
  reason: string;
  /** One Vietnamese sentence. */
  sentence: string;
}

interface Detail {
  "@type": string;
  reason?: string;
  fieldViolations?: { field: string; description: string }[];
}

export class Fault extends Error {
  constructor(
    readonly status: number,
    /** "NOT_FOUND"; "OFFLINE" when nothing was answered. */
    readonly code: string,
    /** Stable, of the domain: "PERIOD_UNKNOWN"; may be empty. */
    readonly reason: string,
    /** Vietnamese, for the person before the page. */
    readonly sentence: string,
    readonly fields: FieldFault[] = [],
  ) {
    super(sentence);
  }

  /** Refused for who one is: signed in, or as somebody else, the same may be done. */
  get wantsSignIn(): boolean {
    return this.status === 401 || this.reason === "NOT_ALLOWED";
  }

  /** Asked again a little later, the same question may be answered. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export const offline = () =>
  new Fault(0, "OFFLINE", "", "Mất kết nối với máy chủ. Hãy kiểm tra đường truyền rồi thử lại.");

/** "PERIOD_UNKNOWN at period: Không có kỳ…" → the sentence alone; a sentence alone stays as it is. */
function sentenceOf(message: string): string {
  return message.replace(/^[A-Z][A-Z0-9_]+( at [^\s:]+)?: /, "");
}

/** "NUMBER_INVALID: Không đọc được số" → reason and sentence. */
function fieldFault({ field, description }: { field: string; description: string }): FieldFault {
  const reason = /^([A-Z][A-Z0-9_]+): /.exec(description)?.[1] ?? "";
  return { field, reason, sentence: sentenceOf(description) };
}

export function readFault(status: number, body: unknown): Fault {
  const error = (body as { error?: { status?: string; message?: string; details?: Detail[] } } | undefined)?.error;
  const details = error?.details ?? [];
  const reason = details.find((detail) => detail["@type"].endsWith("ErrorInfo"))?.reason ?? "";
  const fields = details.flatMap((detail) => (detail.fieldViolations ?? []).map(fieldFault));
  const sentence = error?.message ? sentenceOf(error.message) : `Máy chủ trả lời lỗi ${status}.`;
  return new Fault(status, error?.status ?? "", reason, sentence, fields);
}
