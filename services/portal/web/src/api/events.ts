// Server-sent events of a watch. The browser connects again by itself while the server only went away; when it was
// refused, or when the line is dead though nothing closed it, this does. Tells plainly whether it is connected.
import { address } from "./call";
import { useEffect, useRef, useState } from "preact/hooks";

export type Connection = "connecting" | "open" | "lost";

export interface Listening {
  /** By the event's name: the JSON of the whole message. */
  events: Record<string, (data: unknown) => void>;
  connection?: (now: Connection) => void;
}

const pause = 3000;
/** A watch tells something each second, a bookmark when nothing else: silent for so long, its line is dead. */
const longestSilence = 10000;

/** Listens until the answered function is called. */
export function listen(
  path: string,
  query: Record<string, string>,
  { events, connection }: Listening,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let done = false;
  const connectAfter = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      connection?.("lost");
      connect();
    }, wait);
  };
  const connect = () => {
    source?.close();
    const now = new EventSource(address(path, query));
    source = now;
    connectAfter(longestSilence);
    now.onopen = () => {
      connection?.("open");
      connectAfter(longestSilence);
    };
    now.onerror = () => {
      if (done) return;
      connection?.("lost");
      if (now.readyState === EventSource.CLOSED) connectAfter(pause);
    };
    for (const name of new Set([...Object.keys(events), "bookmark"])) {
      now.addEventListener(name, (event) => {
        // The browser's own "error" has no data; the server's has.
        const data = (event as MessageEvent<string | undefined>).data;
        if (data === undefined) return;
        connectAfter(longestSilence);
        events[name]?.(JSON.parse(data));
      });
    }
  };
  connection?.("connecting");
  connect();
  return () => {
    done = true;
    clearTimeout(timer);
    source?.close();
  };
}

/** Listens while the page is open. The handlers may be new ones at each drawing. */
export function useListening(
  path: string,
  query: Record<string, string>,
  events: Listening["events"],
): Connection {
  const [now, setNow] = useState<Connection>("connecting");
  const newest = useRef(events);
  newest.current = events;
  const names = Object.keys(events).join();
  const url = address(path, query);
  useEffect(
    () =>
      listen(path, query, {
        events: Object.fromEntries(
          names.split(",").map((name) => [name, (data: unknown) => newest.current[name]?.(data)]),
        ),
        connection: setNow,
      }),
    [url, names],
  );
  return now;
}
