// What is typed into a report and not saved yet: kept for as long as the browser's tab, so that neither another
// page, nor a reload, nor somebody else's saving loses it.
import { useState } from "preact/hooks";
import { inTab } from "../browser/kept";

export interface Typed {
  text: string;
  /** What stood there when typing began: where it is another now, somebody else has written. */
  began: string;
}

export type TypedByPart = Record<string, Typed>;

export interface Typing {
  typed: TypedByPart;
  type: (part: string, typed: Typed | undefined) => void;
  forget: (parts: string[]) => void;
}

export function useTyping(report: string): Typing {
  const key = `thidua:typed:${report}`;
  const [typed, setTyped] = useState<TypedByPart>(() => inTab.kept<TypedByPart>(key) ?? {});
  const change = (how: (now: TypedByPart) => void) =>
    setTyped((was) => {
      const now = { ...was };
      how(now);
      inTab.keep(key, now);
      return now;
    });
  return {
    typed,
    type: (part, one) =>
      change((now) => {
        if (one) now[part] = one;
        else delete now[part];
      }),
    forget: (parts) =>
      change((now) => {
        for (const part of parts) delete now[part];
      }),
  };
}
