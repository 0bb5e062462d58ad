// Bảng xếp hạng: one bloc's table of a period, live.
//   node ranking_test.mjs FOLDER_OF_THE_BINARIES SOURCES FOLDER_OF_THE_PACKAGES
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { Suite } from "../system/suite.mjs";
import { Browser, desktop, phone } from "./browser.mjs";

const [binaries, sources, packages] = process.argv.slice(2);
const path = "/xep-hang/khoi-thi-dua-4/2019/6-thang";
let suite, browser;

before(async () => {
  suite = await Suite.start(binaries);
  suite.load(join(sources, "tests/data/khoi-4-2019"));
  browser = await Browser.start({ packages, portal: suite.portal, shots: process.env.PAGES_SHOTS });
});
after(async () => {
  await browser?.stop();
  await suite?.stop();
});

for (const [name, size] of [["desktop", desktop], ["phone", phone]]) {
  test(`shows all seven departments, accessibly, on a ${name}`, () =>
    browser.open(path, size, async (page) => {
      await page.getByText("Sở Giáo dục và Đào tạo").first().waitFor();
      assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /^Bảng xếp hạng/);
      await browser.assertFits(page);
      await browser.assertAccessible(page);
      await browser.shoot(page, `ranking-${name}`);
    }));
}
