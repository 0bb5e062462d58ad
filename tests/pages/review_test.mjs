// Sơ kết: where each target stands against its pace, and who has not reported.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop } from "./browser.mjs";
import { addressOf, midYear, site, sizes, vi, year } from "./site.mjs";

const pages = site();
const address = addressOf("so-ket", midYear);

const standings = [
  ["STANDING_REACHED", "Đạt chỉ tiêu năm"],
  ["STANDING_ON_PACE", "Đúng tiến độ"],
  ["STANDING_BEHIND", "Chậm tiến độ"],
  ["STANDING_NOT_REPORTED", "Chưa báo cáo"],
  ["STANDING_NOT_COMPUTABLE", "Không đối chiếu được"],
];

function countsOf(lines) {
  return standings.map(([standing]) => lines.filter((line) => line.standing === standing).length);
}

async function shownCounts(page) {
  const told = await page.locator("ul.counts button").allInnerTexts();
  return told.map((text, at) => {
    assert.ok(text.endsWith(standings[at][1]), text);
    return Number(/\d+/.exec(text)[0]);
  });
}

function of(page, name) {
  return page.getByRole("region", { name });
}

for (const [name, size] of sizes) {
  test(`counts and tells every target as the service does on a ${name}`, () =>
    pages.open(address, size, async (page) => {
      await of(page, "Từng chỉ tiêu").waitFor();
      await of(page, "Tình hình báo cáo").getByText("Đã báo cáo 13/13 chỉ tiêu").waitFor();
      await page.getByText("Sơ kết chỉ nêu tỷ lệ và nhận xét, không có điểm và hạng.").waitFor();
      await page.getByText("Mốc tiến độ của kỳ: 50% chỉ tiêu năm. Còn 6 tháng đến hết năm.").waitFor();
      const { review } = await pages.get(`${midYear}/review`);
      const counts = countsOf(review.lines);
      assert.deepEqual(await shownCounts(page), counts);
      assert.deepEqual(counts, [2, 5, 0, 0, 6]);

      // By unit, and the bloc's sums below them.
      const rows = await page.locator("table.unit-counts > tbody > tr").evaluateAll((all) =>
        all.map((row) => [
          row.querySelector("th").textContent,
          [...row.querySelectorAll("td.number")].map((cell) => Number(cell.textContent)),
        ]),
      );
      const units = [...new Set(review.lines.map((line) => line.unitDisplayName))];
      const sums = (lines) => [...countsOf(lines), countsOf(lines).reduce((sum, one) => sum + one)];
      assert.deepEqual(rows, [
        ...units.map((unit) => [unit, sums(review.lines.filter((line) => line.unitDisplayName === unit))]),
        ["Toàn khối", sums(review.lines)],
      ]);

      // Every line in the article's own words, with what is still needed.
      const told = await page.locator("table.review-lines > tbody > tr").evaluateAll((all) =>
        all.map((row) => ({
          name: row.querySelector("th > span").textContent,
          said: row.querySelector('[data-name="Kết quả"]').textContent,
          missing: row.querySelector('[data-name="Còn thiếu"]').textContent.split(" ")[0],
          monthly: row.querySelector('[data-name="Cần mỗi tháng"]').textContent.replace("≈ ", ""),
        })),
      );
      assert.deepEqual(
        told,
        review.lines.map((line) => ({
          name: line.target.displayName,
          said: line.sentence,
          missing: line.missingTotal && vi(line.missingTotal),
          monthly: line.missingPerMonth && vi(line.missingPerMonth),
        })),
      );
      await page.getByText("17.893/35.000 lượt lao động, đạt 51,12%").waitFor();
      await page.getByText("Nếu tỷ lệ đơn vị tự nêu là đúng: 4 đạt chỉ tiêu năm, 2 đúng tiến độ.").waitFor();
      // No points and no ranks at mid-year.
      assert.doesNotMatch(await page.locator("main").innerText(), /hạng \d|\d điểm/i);
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `review-${name}`);
    }));
}

test("by keyboard alone one looks at what stands so, of one unit, and goes on to its scorecard", () =>
  pages.open(address, desktop, async (page) => {
    const onPace = page.getByRole("button", { name: "5 Đúng tiến độ" });
    await onPace.waitFor();
    await pages.browser.tabTo(page, onPace);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Từng chỉ tiêu: đúng tiến độ" }).waitFor();
    assert.equal(await page.locator("table.review-lines > tbody > tr").count(), 5);
    assert.equal(await onPace.getAttribute("aria-pressed"), "true");

    await pages.browser.tabTo(page, page.getByRole("combobox", { name: "Đơn vị" }), { backwards: true });
    for (let unit = 0; unit < 5; ++unit) await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "2 Đúng tiến độ" }).waitFor();
    assert.equal(await page.locator("table.review-lines > tbody > tr").count(), 2);
    await pages.browser.assertAccessible(page);
    await pages.browser.tabTo(page, page.getByRole("link", { name: "Sở Văn hóa và Thể thao" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Phiếu điểm: Sở Văn hóa và Thể thao" }).waitFor();
  }));

for (const [name, size] of sizes) {
  test(`names who has not reported, and what, on a ${name}`, async () => {
    await pages.put(year, "giai-quyet-viec-lam", { actual: { text: "36.000" } });
    await pages.put(year, "khu-pho-ap-van-hoa", { actual: { text: "950" } });
    await pages.open(addressOf("so-ket", year), size, async (page) => {
      const reported = of(page, "Tình hình báo cáo");
      const { units, total } = await pages.get(`${year}/completeness`);
      await reported.getByText(`Đã báo cáo ${total.reported}/${total.expected} chỉ tiêu`).waitFor();
      assert.deepEqual([total.reported, total.expected], [2, 13]);
      await reported.getByText("Còn thiếu số liệu của: Sở Du lịch (2)").waitFor();
      const rows = await reported.locator("tbody > tr").evaluateAll((all) =>
        all.map((row) => [row.querySelectorAll("li").length, Number(row.querySelector('[data-name="Chưa báo cáo"]').textContent)]),
      );
      assert.deepEqual(rows, [...units.map((unit) => [unit.missing, unit.missing]), [0, total.missing]]);
      const { review } = await pages.get(`${year}/review`);
      assert.deepEqual(await shownCounts(page), countsOf(review.lines));
      assert.deepEqual(countsOf(review.lines).slice(0, 4), [1, 0, 1, 11]);
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `review-not-reported-${name}`);
    });
  });
}
