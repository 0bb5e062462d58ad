// What is kept in the browser, for as long as its tab or beyond. The browser may refuse (its store is full, or
// forbidden): then it is known until the page is loaded anew, and whatever was being done goes on.

export interface Keeper {
  /** Undefined: nothing, or nothing that can be read. */
  kept: <Value>(key: string) => Value | undefined;
  keep: (key: string, value: unknown) => void;
  forget: (key: string) => void;
  keys: () => string[];
}

/** `store` is asked for at each use: only to name it may be refused. */
export function keeperIn(store: () => Storage): Keeper {
  // What the store did not take.
  const refused = new Map<string, string>();
  const attempt = <Value>(work: (kept: Storage) => Value): Value | undefined => {
    try {
      return work(store());
    } catch {
      return undefined;
    }
  };
  return {
    kept: (key) => {
      const text = refused.get(key) ?? attempt((kept) => kept.getItem(key)) ?? "null";
      try {
        return JSON.parse(text) ?? undefined;
      } catch {
        return undefined;
      }
    },
    keep: (key, value) => {
      const text = JSON.stringify(value);
      const taken = attempt((kept) => {
        kept.setItem(key, text);
        return true;
      });
      if (taken) refused.delete(key);
      else refused.set(key, text);
    },
    forget: (key) => {
      refused.delete(key);
      attempt((kept) => kept.removeItem(key));
    },
    keys: () => [
      ...refused.keys(),
      ...(attempt((kept) => Array.from({ length: kept.length }, (_, at) => kept.key(at) ?? "")) ?? []),
    ],
  };
}

/** For as long as the tab. */
export const inTab = keeperIn(() => sessionStorage);
/** Until the person clears it. */
export const onMachine = keeperIn(() => localStorage);
