// Thử nghiệm: the ranking as it would be with other figures. Nothing of it is stored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop } from "./browser.mjs";
import { addressOf, midYear, pact, site, sizes, vi } from "./site.mjs";

const pages = site();
const address = addressOf("thu-nghiem", midYear);
const job = "Giải quyết việc làm";

function supposed(page) {
  return page.locator("table.supposed-ranking > tbody > tr").evaluateAll((rows) =>
    rows.map((row) => ({
      rank: row.querySelector(".rank").innerText,
      unit: row.querySelector("th").firstChild.textContent,
      total: row.querySelector("td.key").firstChild.textContent,
      present: row.querySelector("td.key .points-change").innerText.replace(/^.*hiện có /, ""),
    })),
  );
}

// The same, as the service supposes it.
async function answered(actual) {
  const { comparison } = await pages.post(`${midYear}/ranking:simulate`, {
    overlay: { results: [{ target: `${pact}/targets/giai-quyet-viec-lam`, actual: { value: actual } }] },
  });
  return comparison.units.map((unit) => ({
    rank: String(unit.after.rank),
    unit: unit.unitDisplayName,
    total: vi(unit.after.total),
    present: vi(unit.before.total),
  }));
}

for (const [name, size] of sizes) {
  test(`a figure that is typed makes another ranking, and changes nothing, on a ${name}`, async () => {
    const before = await pages.get(`${midYear}/ranking`);
    await pages.open(`${address}/so-lao-dong-thuong-binh-va-xa-hoi`, size, async (page) => {
      const field = page.getByRole("textbox", { name: `Số giả định: ${job}` });
      await field.waitFor();
      assert.equal(await field.inputValue(), "17.893");
      await page.getByText("giữ hạng 7, 332,3 điểm như hiện có").waitFor();
      await field.fill("33.250");
      // 33.250 of 35.000 is 95 % of 650 points.
      await page.getByText("Sở Lao động, Thương binh và Xã hội: hạng 7 → 5, 332,3 → 617,5 điểm (+285,2); 2 đơn vị khác đổi hạng").waitFor();
      assert.deepEqual(await supposed(page), await answered("33250"));
      await page.getByText("Vì sao Sở Lao động").click();
      await page.getByRole("cell", { name: "+285,2", exact: true }).waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `simulation-${name}`);

      await field.fill("ba vạn");
      await page.getByText("Không đọc được số; viết như 17.893 hoặc 51,5.").waitFor();
      await pages.browser.assertAccessible(page);
      await page.getByRole("button", { name: `Bỏ giả định: ${job}` }).click();
      await page.getByText("giữ hạng 7, 332,3 điểm như hiện có").waitFor();
      await page.waitForFunction((shown) => shown.value === "17.893", await field.elementHandle());
    });
    assert.deepEqual(await pages.get(`${midYear}/ranking`), before);
  });
}

test("by keyboard alone the slider moves the ranking, of a figure and of points given", async () => {
  const before = await pages.get(`${midYear}/ranking`);
  await pages.open(`${address}/so-lao-dong-thuong-binh-va-xa-hoi`, desktop, async (page) => {
    const slider = page.getByRole("slider", { name: `Kéo để giả định: ${job}` });
    const field = page.getByRole("textbox", { name: `Số giả định: ${job}` });
    await slider.waitFor();
    await pages.browser.tabTo(page, slider);
    for (let step = 0; step < 40; ++step) await page.keyboard.press("ArrowRight");
    // In whole steps of 500.
    await page.locator('[aria-valuetext="38.000 lượt lao động"]').waitFor();
    await page.waitForFunction((shown) => shown.value === "38.000", await field.elementHandle());
    // All 650 points, and 0,2 for each of the 8 whole percents above.
    const expected = await answered("38000");
    await page.getByText(/^Sở Lao động, Thương binh và Xã hội: hạng 7 → /).waitFor();
    await page.locator("tr.chosen td.key", { hasText: "651,6 (+319,3)" }).waitFor();
    assert.deepEqual(await supposed(page), expected);
    await page.keyboard.press("Home");
    await page.getByText("giữ hạng 7, 332,3 → 0 điểm (-332,3)").waitFor();

    await pages.browser.tabTo(page, page.getByRole("slider", { name: "Kéo để giả định: Nội dung 2" }));
    await page.keyboard.press("End");
    await page.getByRole("button", { name: "Bỏ mọi giả định (2)" }).waitFor();
    await pages.browser.shoot(page, "simulation-points");
    await pages.browser.tabTo(page, page.getByRole("button", { name: "Bỏ mọi giả định (2)" }), { backwards: true });
    await page.keyboard.press("Enter");
    await page.getByText("giữ hạng 7, 332,3 điểm như hiện có").waitFor();
  });
  assert.deepEqual(await pages.get(`${midYear}/ranking`), before);
});

test("suppositions of several units are kept together, and left with the page", () =>
  pages.open(address, desktop, async (page) => {
    await page.getByRole("textbox", { name: "Số giả định: Huy động trẻ từ 6-14 tuổi đến trường" }).fill("90");
    const unit = page.getByRole("region", { name: "Giả định" }).getByRole("combobox", { name: "Đơn vị" });
    await unit.selectOption({ label: "Ban Dân tộc" });
    await page.getByRole("textbox", { name: /^Số giả định: Tổ chức cuộc cung cấp/ }).fill("2");
    await page.getByRole("button", { name: "Bỏ mọi giả định (2)" }).waitFor();
    await unit.locator("option", { hasText: "Sở Giáo dục và Đào tạo (1 giả định)" }).waitFor({ state: "attached" });
    // 2 of 4 is half of 650 points.
    await page.locator("tr.chosen td.key", { hasText: "325 (-330)" }).waitFor();
    await page.getByRole("link", { name: "Bảng xếp hạng" }).click();
    await page.getByText("661,6").first().waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Bỏ mọi giả định (0)" }).waitFor();
  }));
