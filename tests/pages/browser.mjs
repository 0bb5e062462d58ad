// A real Chromium for tests of the pages, by playwright-core. Whatever the browser complains of (an error in a
// script, something that the content policy forbids, an answer of 500) fails the test that saw it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 375, height: 740 };

// `packages`: the folder in which npm has put what package.json names. `shots`: where pictures go; none: nowhere.
export class Browser {
  #chromium;
  #axe;
  #shots;
  #portal;

  static async start({ packages, portal, shots }) {
    const require = createRequire(join(packages, "package.json"));
    const { chromium } = require("playwright-core");
    const browser = new Browser();
    browser.#chromium = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      // Tests run as root in containers, where the browser's own sandbox cannot be made.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    browser.#axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    browser.#portal = portal;
    browser.#shots = shots;
    return browser;
  }

  stop() {
    return this.#chromium.close();
  }

  // Opens the path in a window of its own, hands it to `look`, and closes it.
  async open(path, size, look) {
    const context = await this.#chromium.newContext({
      viewport: size,
      locale: "vi-VN",
      timezoneId: "Asia/Ho_Chi_Minh",
      baseURL: this.#portal,
      acceptDownloads: true,
      // Looked into by axe and by questions of ours, not by the page: the page's policy stands.
      bypassCSP: false,
    });
    const complaints = [];
    const page = await context.newPage();
    page.setDefaultTimeout(60000);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("response", (answer) => {
      if (answer.status() >= 500) complaints.push(`${answer.status()} ${answer.url()}`);
    });
    try {
      await page.goto(path);
      await look(page, complaints);
      assert.deepEqual(complaints, [], `the browser complained at ${path}`);
    } finally {
      await context.close();
    }
  }

  // WCAG 2.x A and AA.
  async assertAccessible(page) {
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(this.#axe);
    const found = await page.evaluate(() =>
      globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      }),
    );
    const violations = found.violations.map(
      (violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`,
    );
    assert.deepEqual(violations, []);
  }

  // Nothing runs out of the window to the side, and nothing is cut within a frame; `scrolling`: a table may be
  // wider than its frame, which scrolls.
  async assertFits(page, { scrolling = false } = {}) {
    const [content, window, cut] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
      [...document.querySelectorAll("main *, header *")]
        // What is there for those who listen is one pixel wide, and pictures' numbers stand beside them too.
        .filter((element) => element.clientWidth > 1 && !element.closest("[aria-hidden=true]"))
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).overflowX !== "visible")
        .map((element) => [element.className, element.tagName, element.scrollWidth, element.clientWidth].join(" ")),
    ]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window}`);
    assert.deepEqual(scrolling ? cut.filter((one) => !one.startsWith("wide ")) : cut, []);
  }

  // By the Tab key alone, to something whose focus can be seen; `backwards`: with Shift.
  async tabTo(page, wanted, { backwards = false } = {}) {
    const key = backwards ? "Shift+Tab" : "Tab";
    const element = await wanted.elementHandle();
    for (let pressed = 0; pressed < 150; ++pressed) {
      await page.keyboard.press(key);
      if (!(await element.evaluate((one) => one === document.activeElement))) continue;
      const seen = await element.evaluate((one) =>
        [one, ...(one.labels ?? [])].some((shown) => getComputedStyle(shown).outlineStyle !== "none"),
      );
      assert.ok(seen, `one does not see that ${wanted} has the focus`);
      return;
    }
    assert.fail(`the Tab key does not come to ${wanted}`);
  }

  async shoot(page, name) {
    if (this.#shots) await page.screenshot({ path: join(this.#shots, `${name}.png`), fullPage: true });
  }
}
