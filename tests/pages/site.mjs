// What every test of the pages stands on: the suite with the data of Khối thi đua 4, first half of 2019, and a
// browser, both for the tests of one file.
//   node …_test.mjs FOLDER_OF_THE_BINARIES SOURCES FOLDER_OF_THE_PACKAGES [FOLDER_OF_THE_PAGES]
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { join } from "node:path";
import { Suite } from "../system/suite.mjs";
import { Browser, desktop, phone } from "./browser.mjs";

const [binaries, sources, packages, web] = process.argv.slice(2);

export const sizes = [
  ["desktop", desktop],
  ["phone", phone],
];

export const pact = "blocs/khoi-thi-dua-4/pacts/2019";
export const midYear = `${pact}/periods/6-thang`;
export const year = `${pact}/periods/nam`;

// Where a page is about a period: addressOf("xep-hang", midYear).
export function addressOf(page, period, ...rest) {
  const [, bloc, , in_, , id] = period.split("/");
  return `/${[page, bloc, in_, id, ...rest].join("/")}`;
}

// "17893.50" as officials write it: "17.893,5".
export function vi(machine) {
  const [whole, part = ""] = machine.split(".");
  const digits = part.replace(/0+$/, "");
  return whole.replace(/\B(?=(\d{3})+$)/g, ".") + (digits && `,${digits}`);
}

// "17.893,5" exactly, in ten-thousandths.
export function tenThousandths(text) {
  const [, whole, part = ""] = /^(-?[\d.]+)(?:,(\d{1,4}))?$/.exec(text) ?? assert.fail(`no number: ${text}`);
  return BigInt(whole.replaceAll(".", "") + part.padEnd(4, "0"));
}

class Site {
  suite;
  browser;

  // A page in a window of its own.
  open(path, size, look) {
    return this.browser.open(path, size, look);
  }

  async get(path) {
    return this.#answer(await fetch(`${this.suite.portal}/v1/${path}`));
  }

  async post(path, body) {
    return this.#answer(
      await fetch(`${this.suite.portal}/v1/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  }

  // One figure of a target, as a unit reports it; answers when the ranking has it.
  async put(period, target, figure) {
    const { freshnessToken } = await this.post(`${period}/results:put`, {
      mode: "MODE_ATOMIC",
      rows: [{ target: `${pact}/targets/${target}`, ...figure }],
    });
    return this.get(`${period}/ranking?freshnessToken=${encodeURIComponent(freshnessToken)}`);
  }

  async #answer(response) {
    const answer = await response.json();
    assert.ok(response.ok, `${response.url}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
}

// For the tests of this file; `prepare` puts in what else they stand on, `flags` are of the portal.
export function site(prepare = async () => {}, flags = []) {
  const one = new Site();
  before(async () => {
    one.suite = await Suite.start(binaries, { web, flags });
    const data = join(sources, "tests/data/khoi-4-2019");
    const token = encodeURIComponent(one.suite.load(data));
    // The pages are opened when the ranking has what was loaded.
    await one.get(`${midYear}/ranking?freshnessToken=${token}`);
    await prepare(one);
    one.browser = await Browser.start({ packages, portal: one.suite.portal, shots: process.env.PAGES_SHOTS });
  });
  after(async () => {
    await one.browser?.stop();
    await one.suite?.stop();
  });
  return one;
}
