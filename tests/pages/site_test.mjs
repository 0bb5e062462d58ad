// The site around the pages: the first page, getting about, how much is loaded; and the page of the API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop, phone } from "./browser.mjs";
import { addressOf, midYear, site, sizes, year } from "./site.mjs";

const pages = site();

for (const [name, size] of sizes) {
  test(`the first page has each bloc's periods and how far they are, on a ${name}`, () =>
    pages.open("/", size, async (page) => {
      await page.getByRole("heading", { level: 2, name: "Khối thi đua 4" }).waitFor();
      const rows = page.getByRole("group", { name: "Các kỳ của Khối thi đua 4" }).locator("tbody > tr");
      assert.deepEqual(await rows.locator("th").allInnerTexts(), ["6 tháng đầu năm 2019", "Năm 2019"]);
      assert.deepEqual(await rows.locator(".tag").allInnerTexts(), ["Tạm tính", "Tạm tính"]);
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `home-${name}`);
    }));

  test(`the API's page tells of every operation, on a ${name}`, () =>
    pages.open("/api", size, async (page) => {
      const { paths } = await (await fetch(`${pages.suite.portal}/openapi.json`)).json();
      const count = Object.values(paths).flatMap((path) => Object.keys(path)).length;
      await page.getByText(`${count} thao tác`).waitFor();
      await pages.browser.tabTo(page, page.getByRole("searchbox", { name: "Tìm thao tác" }));
      await page.keyboard.type("GetRanking");
      const operation = page.locator("#operations details:not([hidden]) > summary", { hasText: /GetRanking$/ });
      await operation.waitFor();
      await pages.browser.tabTo(page, operation);
      await page.keyboard.press("Enter");
      const answer = page.locator("summary", { hasText: /^GetRankingResponse$/ });
      await pages.browser.tabTo(page, answer);
      await page.keyboard.press("Enter");
      await page.locator("details[open] details[open] li > code", { hasText: "freshnessToken" }).waitFor();
      await pages.browser.assertFits(page, { scrolling: true });
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `api-${name}`);
    }));
}

test("opening the site asks once which periods there are, and coming back to the first page asks again", () =>
  // From outside of the site, to hear its first question.
  pages.open("/api", desktop, async (page) => {
    const asked = [];
    page.on("request", (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname === "/v1/rankings") asked.push(search);
    });
    const periods = page.getByRole("group", { name: "Các kỳ của Khối thi đua 4" });
    await page.goto("/");
    await periods.waitFor();
    assert.deepEqual(asked, ["?pageSize=1000"]);
    await periods.getByRole("link").first().click();
    await page.getByRole("heading", { level: 1, name: "Bảng xếp hạng" }).waitFor();
    const again = page.waitForRequest((request) => request.url().endsWith("/v1/rankings?pageSize=1000"));
    await page.getByRole("link", { name: "Trang đầu" }).click();
    await again;
    await periods.waitFor();
  }));

test("by keyboard alone one gets from page to page, and the period goes along", () =>
  pages.open("/", phone, async (page) => {
    const { browser } = pages;
    const to = page.getByRole("link", { name: "Năm 2019", exact: true });
    await to.waitFor();
    await browser.tabTo(page, to);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Bảng xếp hạng" }).waitFor();
    for (const [link, heading, path] of [
      ["Sơ kết", "Sơ kết", "so-ket"],
      ["Báo cáo", "Báo cáo", "bao-cao"],
      ["Nhập kết quả", "Nhập kết quả", "nhap-ket-qua"],
      ["Thử nghiệm", "Thử nghiệm", "thu-nghiem"],
      ["Phiếu điểm", "Phiếu điểm", "phieu-diem"],
      ["Bảng xếp hạng", "Bảng xếp hạng", "xep-hang"],
    ]) {
      await browser.tabTo(page, page.getByRole("navigation").getByRole("link", { name: link }), { backwards: true });
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      assert.equal(new URL(page.url()).pathname, addressOf(path, year));
      await page.waitForFunction(() => document.activeElement?.tagName === "H1");
      assert.match(await page.title(), new RegExp(`^${heading}`));
      assert.equal(await page.locator("nav [aria-current=page]").innerText(), link);
    }
    // The chooser leads to the same page of another period.
    await browser.tabTo(page, page.getByRole("combobox", { name: "Kỳ" }), { backwards: true });
    await page.keyboard.press("ArrowUp");
    await page.getByText("661,6").first().waitFor();
    assert.equal(new URL(page.url()).pathname, addressOf("xep-hang", midYear));
    await page.goBack();
    await page.getByText("Chưa xếp hạng").first().waitFor({ state: "attached" });
    assert.equal(new URL(page.url()).pathname, addressOf("xep-hang", year));
  }));

test("an address that has no page says so", () =>
  pages.open("/khong-co", desktop, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Không có trang này" }).waitFor();
    await pages.browser.assertAccessible(page);
    await page.getByRole("link", { name: "Về trang đầu" }).click();
    await page.getByRole("heading", { level: 2, name: "Khối thi đua 4" }).waitFor();
  }));

test("a first load is under 100 KB as it comes over the wire", () =>
  pages.open(addressOf("xep-hang", midYear), desktop, async (page) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
        ({ name, transferSize, encodedBodySize, decodedBodySize }) => ({
          path: new URL(name).pathname,
          transferSize,
          encodedBodySize,
          decodedBodySize,
        }),
      ),
    );
    const ofSite = loaded.filter(({ path }) => !path.startsWith("/v1/"));
    assert.ok(ofSite.length >= 3, "page, script and style sheet");
    for (const { path, encodedBodySize, decodedBodySize } of ofSite.filter((one) => /\.(js|css)$/.test(one.path))) {
      assert.ok(encodedBodySize < decodedBodySize, `${path} is not compressed`);
    }
    const all = loaded.reduce((sum, one) => sum + one.transferSize, 0);
    assert.ok(all < 100 * 1024, `${all} bytes: ${JSON.stringify(loaded)}`);
  }));
