// Server-sent events of a watch. The browser connects again by itself while the server only went away; when it was
// refused, this does, after a pause. Tells plainly whether it is connected.
import { address } from "./call";
import { useEffect, useRef, useState } from "preact/hooks";

export type Connection = "connecting" | "open" | "lost";

export interface Listening {
  /** By the event's name: the JSON of the whole message. */
  events: Record<string, (data: unknown) => void>;
  connection?: (now: Connection) => void;
}

const pause = 3000;

/** Listens until the answered function is called. */
export function listen(
  path: string,
  query: Record<string, string>,
  { events, connection }: Listening,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let done = false;
  const connect = () => {
    if (done) return;
    source = new EventSource(address(path, query));
    source.onopen = () => connection?.("open");
    source.onerror = () => {
      if (done) return;
      connection?.("lost");
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(connect, pause);
    };
    for (const [name, take] of Object.entries(events)) {
      source.addEventListener(name, (event) => {
        // The browser's own "error" has no data; the server's has.
        const data = (event as MessageEvent<string | undefined>).data;
        if (data !== undefined) take(JSON.parse(data));
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
