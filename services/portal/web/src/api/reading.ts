// A page's reading: asked when the page opens and when what it asks for changes, given up when it leaves.
import { useCallback, useEffect, useState } from "preact/hooks";
import { type Query, address, read, readList } from "./call";
import { Fault, offline } from "./fault";

export interface Reading<Answer> {
  /** The newest that was answered; stays while it is read again. */
  answer: Answer | undefined;
  fault: Fault | undefined;
  reading: boolean;
  again: () => void;
}

/** An empty path asks nothing. */
export function useReading<Answer>(path: string, query: Query = {}): Reading<Answer> {
  return useReadingBy(path, query, (signal) => read<Answer>(path, query, signal));
}

/** A list to its end, which answers its items under `name`. */
export function useReadingList<Answer extends { nextPageToken: string; stale?: boolean }>(
  path: string,
  name: keyof Answer,
  query: Query = {},
): Reading<Answer> {
  return useReadingBy(path, query, (signal) => readList<Answer>(path, name, query, signal));
}

function useReadingBy<Answer>(
  path: string,
  query: Query,
  work: (signal: AbortSignal) => Promise<Answer>,
): Reading<Answer> {
  const url = path === "" ? "" : address(path, query);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ url: string; answer?: Answer; fault?: Fault; reading: boolean }>({
    url: "",
    reading: true,
  });
  useEffect(() => {
    if (url === "") return undefined;
    const leaving = new AbortController();
    setState((was) => (was.url === url ? { ...was, reading: true } : { url, reading: true }));
    work(leaving.signal).then(
      (answer) => {
        if (!leaving.signal.aborted) setState({ url, answer, reading: false });
      },
      (fault: unknown) => {
        if (leaving.signal.aborted) return;
        setState((was) => ({
          ...was,
          fault: fault instanceof Fault ? fault : offline(),
          reading: false,
        }));
      },
    );
    return () => leaving.abort();
  }, [url, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const known = state.url === url;
  return {
    answer: known ? state.answer : undefined,
    fault: known ? state.fault : undefined,
    reading: url !== "" && (!known || state.reading),
    again,
  };
}
