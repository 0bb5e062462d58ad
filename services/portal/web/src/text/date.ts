// Dates as officials write them, in Vietnam's time wherever the browser is.

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function partsOf(instant: string): Record<string, string> | undefined {
  const time = new Date(instant);
  if (Number.isNaN(time.getTime())) return undefined;
  return Object.fromEntries(parts.formatToParts(time).map((part) => [part.type, part.value]));
}

/** RFC 3339 → "30/11/2026". */
export function showDate(instant: string): string {
  const at = partsOf(instant);
  return at === undefined ? instant : `${at.day}/${at.month}/${at.year}`;
}

/** RFC 3339 → "01:09 ngày 30/11/2026". */
export function showTime(instant: string): string {
  const at = partsOf(instant);
  return at === undefined ? instant : `${at.hour}:${at.minute} ngày ${at.day}/${at.month}/${at.year}`;
}
