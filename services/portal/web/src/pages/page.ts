// What a page is to the shell. A page is one file here, and one line in pages.ts.
import type { ComponentType } from "preact";
import type { Place } from "../shell/place";

export interface Page {
  /** The first part of its address: "xep-hang". */
  path: string;
  /** In the navigation. */
  name: string;
  /** Drawn anew for each place. */
  Page: ComponentType<{ place: Place }>;
  /** What its address says beyond the period is a unit, which other periods of the bloc have too. */
  aboutUnit?: boolean;
  /** About no single period: the first page. */
  withoutPeriod?: boolean;
  /** Not in the navigation. */
  apart?: boolean;
}
