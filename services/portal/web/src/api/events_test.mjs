import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { listen } from "./events";

// The browser's, as far as a watch needs it.
class FakeEventSource extends EventTarget {
  static CLOSED = 2;
  static all = [];
  readyState = 0;
  constructor(url) {
    super();
    this.url = url;
    FakeEventSource.all.push(this);
  }
  close() {
    this.readyState = FakeEventSource.CLOSED;
  }
  tell(name, data) {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
  }
}

beforeEach(() => {
  FakeEventSource.all = [];
  globalThis.EventSource = FakeEventSource;
});

// A clock that goes on only when it is told to. (Those of Node 18's own tests fire what has been cleared.)
function clock(t) {
  let now = 0;
  let pending = [];
  t.mock.method(globalThis, "setTimeout", (call, ms = 0) => {
    const timer = { at: now + ms, call };
    pending.push(timer);
    return timer;
  });
  t.mock.method(globalThis, "clearTimeout", (timer) => {
    pending = pending.filter((one) => one !== timer);
  });
  return {
    tick(ms) {
      const until = now + ms;
      for (;;) {
        const next = pending.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        pending = pending.filter((one) => one !== next);
        now = next.at;
        next.call();
      }
      now = until;
    },
  };
}

function listening(t) {
  const timers = clock(t);
  const told = [];
  const leave = listen("/v1/rankings:watch", { periods: "p" }, {
    events: { ranking: (data) => told.push(data) },
    connection: (now) => told.push(now),
  });
  return { timers, told, leave, first: FakeEventSource.all[0] };
}

test("a line on which nothing comes is lost, and connected anew", (t) => {
  const { timers, told, leave, first } = listening(t);
  first.onopen();
  first.tell("ranking", 1);
  timers.tick(9999);
  assert.deepEqual(told, ["connecting", "open", 1]);
  timers.tick(1);
  assert.deepEqual(told, ["connecting", "open", 1, "lost"]);
  assert.equal(first.readyState, FakeEventSource.CLOSED);
  const second = FakeEventSource.all[1];
  second.onopen();
  second.tell("ranking", 2);
  assert.deepEqual(told.slice(4), ["open", 2]);
  leave();
  assert.equal(second.readyState, FakeEventSource.CLOSED);
  timers.tick(60000);
  assert.equal(FakeEventSource.all.length, 2);
});

test("bookmarks alone keep it alive, also where nobody asked for them", (t) => {
  const { timers, told, leave, first } = listening(t);
  first.onopen();
  for (let second = 0; second < 30; ++second) {
    timers.tick(1000);
    first.tell("bookmark", {});
  }
  assert.deepEqual(told, ["connecting", "open"]);
  leave();
});

test("a line that never opens is given up too; one that is refused is asked for again after a pause", (t) => {
  const { timers, told, leave, first } = listening(t);
  timers.tick(10000);
  assert.deepEqual(told, ["connecting", "lost"]);
  assert.equal(first.readyState, FakeEventSource.CLOSED);
  const [, second] = FakeEventSource.all;
  second.close();
  second.onerror();
  timers.tick(2999);
  assert.equal(FakeEventSource.all.length, 2);
  timers.tick(1);
  assert.equal(FakeEventSource.all.length, 3);
  leave();
});
