import assert from "node:assert/strict";
import { test } from "node:test";
import { keeperIn } from "./kept";

class Store {
  #texts = new Map();
  full = false;
  get length() {
    return this.#texts.size;
  }
  key(at) {
    return [...this.#texts.keys()][at];
  }
  getItem(key) {
    return this.#texts.get(key) ?? null;
  }
  setItem(key, text) {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.#texts.set(key, text);
  }
  removeItem(key) {
    this.#texts.delete(key);
  }
}

test("what is kept is there for another page, until it is forgotten", () => {
  const store = new Store();
  keeperIn(() => store).keep("a", { chữ: "đã lưu" });
  const other = keeperIn(() => store);
  assert.deepEqual(other.kept("a"), { chữ: "đã lưu" });
  assert.deepEqual(other.keys(), ["a"]);
  other.forget("a");
  assert.equal(other.kept("a"), undefined);
});

test("what a full store does not take is known on this page, not the older value", () => {
  const store = new Store();
  const keeper = keeperIn(() => store);
  keeper.keep("a", 1);
  store.full = true;
  keeper.keep("a", 2);
  assert.equal(keeper.kept("a"), 2);
  store.full = false;
  keeper.keep("a", 3);
  assert.equal(keeperIn(() => store).kept("a"), 3);
});

test("a store that is forbidden, and what cannot be read, hinder nothing", () => {
  const forbidden = keeperIn(() => {
    throw new DOMException("forbidden", "SecurityError");
  });
  forbidden.keep("a", 1);
  assert.equal(forbidden.kept("a"), 1);
  assert.deepEqual(forbidden.keys(), ["a"]);
  forbidden.forget("a");
  assert.equal(forbidden.kept("a"), undefined);

  const store = new Store();
  store.setItem("a", "no JSON");
  assert.equal(keeperIn(() => store).kept("a"), undefined);
});
