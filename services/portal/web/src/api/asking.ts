// A question with a body that changes nothing, asked anew whenever the body changes, after a pause in the changes.
import { useEffect, useState } from "preact/hooks";
import { type Body, ask } from "./call";
import { Fault, offline } from "./fault";
import type { Reading } from "./reading";

interface Asked<Answer> {
  /** What is asked about, and by which body. */
  about: string;
  body: string;
  answer?: Answer | undefined;
  fault?: Fault | undefined;
  reading: boolean;
}

/** Of another thing than is asked about now nothing is told; of the same the last answer, while the next is awaited. */
export function knownAbout<Answer>(
  state: Asked<Answer>,
  about: string,
  body: string,
): Pick<Reading<Answer>, "answer" | "fault" | "reading"> {
  const known = body !== "" && state.about === about;
  return {
    answer: known ? state.answer : undefined,
    fault: known ? state.fault : undefined,
    reading: body !== "" && (state.reading || state.body !== body || !known),
  };
}

/**
 * No body asks nothing. `about`: what the person has chosen to ask about; an answer is shown only under its own name.
 * An answer goes when the next question fails.
 */
export function useAsking<Answer>(
  path: string,
  body: Body | undefined,
  { about = "", pause = 0 }: { about?: string; pause?: number } = {},
): Reading<Answer> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const topic = `${path} ${about}`;
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Asked<Answer>>({ about: "", body: "", reading: false });
  useEffect(() => {
    if (text === "") {
      setState({ about: "", body: "", reading: false });
      return undefined;
    }
    const leaving = new AbortController();
    setState((was) => ({ ...(was.about === topic ? was : {}), about: topic, body: text, reading: true }));
    const timer = setTimeout(() => {
      ask<Answer>(path, JSON.parse(text) as Body, leaving.signal).then(
        (answer) => {
          if (!leaving.signal.aborted) setState({ about: topic, body: text, answer, reading: false });
        },
        (thrown: unknown) => {
          if (leaving.signal.aborted) return;
          const fault = thrown instanceof Fault ? thrown : offline();
          setState({ about: topic, body: text, fault, reading: false });
        },
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [topic, text, round]);
  return { ...knownAbout(state, topic, text), again: () => setRound((before) => before + 1) };
}
