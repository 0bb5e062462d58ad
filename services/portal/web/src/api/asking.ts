// A question with a body that changes nothing, asked anew whenever the body changes, after a pause in the changes.
import { useEffect, useState } from "preact/hooks";
import { type Body, ask } from "./call";
import { Fault, offline } from "./fault";
import type { Reading } from "./reading";

/** No body asks nothing. What was answered last stays while the next answer is awaited. */
export function useAsking<Answer>(
  path: string,
  body: object | undefined,
  pause = 0,
): Reading<Answer> & { body: string } {
  const text = body === undefined ? "" : JSON.stringify(body);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ body: string; answer?: Answer; fault?: Fault; reading: boolean }>({
    body: "",
    reading: false,
  });
  useEffect(() => {
    if (text === "") {
      setState({ body: "", reading: false });
      return undefined;
    }
    const leaving = new AbortController();
    setState((was) => ({ ...was, reading: true }));
    const timer = setTimeout(() => {
      ask<Answer>(path, JSON.parse(text) as Body, leaving.signal).then(
        (answer) => {
          if (!leaving.signal.aborted) setState({ body: text, answer, reading: false });
        },
        (fault: unknown) => {
          if (leaving.signal.aborted) return;
          setState((was) => ({ ...was, fault: fault instanceof Fault ? fault : offline(), reading: false }));
        },
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [path, text, round]);
  return { ...state, answer: state.answer, fault: state.fault, again: () => setRound((before) => before + 1) };
}
