// Where in the site one is: which page, of which bloc, year and period.

export interface Place {
  /** The first part of the address: "xep-hang". Empty: the first page. */
  page: string;
  bloc: string;
  year: string;
  period: string;
  /** What the address says beyond, the unit of a scorecard. */
  rest: string[];
}

export function readPlace(path: string): Place {
  const [page = "", bloc = "", year = "", period = "", ...rest] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  return { page, bloc, year, period, rest };
}

/** "blocs/{bloc}/pacts/{year}/periods/{period}", as the services name it. */
export function periodName({ bloc, year, period }: Place): string {
  return `blocs/${bloc}/pacts/${year}/periods/${period}`;
}

/** "blocs/{bloc}/pacts/{year}/periods/{period}[/…]" → its place, without a page. */
export function placeOfPeriod(name: string): Place {
  const [, bloc = "", , year = "", , period = ""] = name.split("/");
  return { page: "", bloc, year, period, rest: [] };
}

/** The address of a page about the same period. */
export function pathTo(page: string, { bloc, year, period }: Place, ...rest: string[]): string {
  return `/${[page, bloc, year, period, ...rest].map(encodeURIComponent).join("/")}`;
}

/** "units/so-y-te" → "so-y-te"; the last part of any resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
