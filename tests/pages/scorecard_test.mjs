// Phiếu điểm: one unit's targets against the pace, and how every point comes about.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { desktop, phone } from "./browser.mjs";
import { addressOf, midYear, pact, site, sizes, tenThousandths, vi } from "./site.mjs";

const pages = site();
const address = (unit) => addressOf("phieu-diem", midYear, ...(unit ? [unit] : []));

async function numberIn(locator) {
  return tenThousandths(/-?[\d.,]*\d/.exec(await locator.innerText())[0]);
}

// Every "Được tính: 650/650 điểm, thưởng 11,6 điểm" of the contents: points and bonus, as they are shown.
async function counted(page) {
  const told = await page
    .locator("main section.depth-0 > details.derivation > dl > dd:last-child")
    .evaluateAll((all) => all.map((one) => one.innerText));
  return told.map((text) => {
    const [, points, bonus] = /^([\d.,]+)\/[\d.,]+ điểm(?:, thưởng ([\d.,]+) điểm)?/.exec(text) ?? [];
    return { text, points: points ? tenThousandths(points) : 0n, bonus: bonus ? tenThousandths(bonus) : 0n };
  });
}

test("every unit's points open and add up to the total that is shown", async () => {
  const { ranking } = await pages.get(`${midYear}/ranking`);
  const [first, ...others] = ranking.rows;
  await pages.open(address(first.unit.split("/")[1]), desktop, async (page) => {
    for (const row of [first, ...others]) {
      if (row !== first) await page.getByRole("combobox", { name: "Đơn vị" }).selectOption(row.unitDisplayName);
      await page.getByRole("heading", { level: 1, name: `Phiếu điểm: ${row.unitDisplayName}` }).waitFor();
      await page.locator("section.criterion").first().waitFor();
      const { scorecard } = await pages.get(`${midYear}/scorecards/${row.unit}`);
      const sum = page.locator("dl.sum");
      assert.match(await sum.innerText(), new RegExp(`Hạng\\s+${row.rank}/7 đơn vị\\s+Tổng điểm`));
      const total = await numberIn(sum.locator("dd").nth(1));
      assert.equal(total, tenThousandths(vi(scorecard.total)));

      await page.getByRole("button", { name: "Mở mọi cách tính" }).click();
      await pages.browser.assertFits(page);
      const contents = await counted(page);
      assert.equal(contents.length, 3);
      assert.equal(contents.reduce((all, one) => all + one.points + one.bonus, 0n), total, row.unitDisplayName);
      // What is not assessed yet counts nowhere.
      assert.equal(contents[1].text, "Không tính vào tổng điểm được giao.");

      // The targets' points add up to the content's, but for the digits that are not printed and its rounding.
      const targets = page.locator("section.depth-0 table.targets > tbody > tr");
      const scores = scorecard.contents.flatMap((content) => content.targets);
      assert.equal(await targets.count(), scores.length);
      let points = 0n;
      for (const [at, score] of scores.entries()) {
        const line = targets.nth(at);
        await line.getByText(score.derivation, { exact: true }).waitFor();
        assert.equal(await line.locator("td[data-name=Điểm]").innerText(), `${vi(score.points)}/${vi(score.sharePoints)}`);
        points += await numberIn(line.locator("td[data-name=Điểm]"));
      }
      const apart = points - contents[0].points;
      assert.ok(apart <= 51n && apart >= -51n, `${row.unitDisplayName}: ${points} of targets, ${contents[0].points}`);
    }
  });
});

for (const [name, size] of sizes) {
  test(`shows the article's figures against the pace on a ${name}`, () =>
    pages.open(address("so-lao-dong-thuong-binh-va-xa-hoi"), size, async (page) => {
      const target = page.locator("table.targets > tbody > tr");
      await target.waitFor();
      const cell = (of) => target.locator(`td[data-name="${of}"]`).innerText();
      assert.match(await cell("Đăng ký năm"), /35\.000 lượt lao động$/);
      assert.match(await cell("Kết quả"), /17\.893 lượt lao động$/);
      assert.match(await cell("Điểm"), /332,2986\s?\/650$/);
      const progress = await target.locator("td.progress-cell").innerText();
      assert.match(progress, /^51,12%\s+● Đúng tiến độ\s+Mốc tiến độ: 17\.500\s+Còn thiếu 17\.107 lượt lao động/);
      await page.getByText("Mốc tiến độ của kỳ: 50% chỉ tiêu năm.").waitFor();
      // Reported, never scored.
      await page.getByRole("heading", { name: "Thông tin thêm, không tính điểm" }).waitFor();
      await page.getByText("Chi trả trợ cấp xã hội cho đối tượng xã hội: 50.460 người").waitFor();
      await page.getByText("Tham mưu ban hành văn bản quy phạm pháp luật: 05 văn bản").waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.shoot(page, `scorecard-${name}`);
      await page.getByRole("button", { name: "Mở mọi cách tính" }).click();
      await page.getByText("Các lần báo cáo (1): Giải quyết việc làm").click();
      await page.getByText("17.893 lượt lao động, đơn vị nêu 51,12%").waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `scorecard-open-${name}`);
    }));
}

test("a percentage that the unit states alone is told from one that was computed", () =>
  pages.open(address("so-y-te"), phone, async (page) => {
    const rows = page.locator("table.targets > tbody > tr");
    await rows.first().waitFor();
    assert.deepEqual(
      await rows.locator("td.progress-cell").evaluateAll((all) => all.map((one) => one.innerText.split("\n")[0])),
      ["100% đơn vị tự nêu", "100% đơn vị tự nêu", "100%"],
    );
    // The lost per-mille mark is restored, and "<" is a sign of the name.
    assert.match(await rows.nth(0).locator('td[data-name="Kết quả"]').innerText(), /0,2‰$/);
    assert.match(await rows.nth(1).locator('td[data-name="Kết quả"]').innerText(), /5‰$/);
    await rows.nth(2).getByText("Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi").first().waitFor();
  }));

test("by keyboard alone one chooses a unit, opens a derivation, and asks what is needed", () =>
  pages.open(address(), desktop, async (page) => {
    const { browser } = pages;
    const unit = page.getByRole("link", { name: "Sở Khoa học và Công nghệ" });
    await unit.waitFor();
    await browser.tabTo(page, unit);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Phiếu điểm: Sở Khoa học và Công nghệ" }).waitFor();

    const open = page.locator("summary", { hasText: "Cách tính điểm của Nội dung 1" });
    await open.waitFor();
    await browser.tabTo(page, open);
    await page.keyboard.press("Enter");
    await page.getByText(/^476,67\/650 điểm.*\.$/).waitFor();

    const goal = page.getByRole("combobox", { name: "Để" });
    await browser.tabTo(page, goal);
    await page.keyboard.press("ArrowDown");
    const rank = page.getByRole("textbox", { name: "Hạng" });
    await browser.tabTo(page, rank);
    await page.keyboard.type("hai");
    await page.keyboard.press("Enter");
    await page.getByText("Hạng là số nguyên từ 1.").waitFor();
    await browser.assertAccessible(page);
    await rank.press("Control+A");
    await page.keyboard.type("2");
    await page.keyboard.press("Enter");
    const { effort } = await pages.get(
      `${midYear}/requiredEffort?unit=units/so-khoa-hoc-va-cong-nghe&rank=2`,
    );
    await page.getByText(effort.sentence).waitFor();
    const then = page.getByRole("row", { name: /^Khi đó/ });
    assert.equal(
      await then.innerText(),
      ["Khi đó", effort.then.rank, vi(effort.then.total), vi(effort.then.assignedPoints), `${vi(effort.then.percentOfAssigned)}%`].join("\t"),
    );
    await browser.assertFits(page);
    await browser.assertAccessible(page);
    await browser.shoot(page, "scorecard-effort");
  }));

test("a figure's corrections and documents are behind it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thidua-evidence-"));
  const file = join(folder, "Danh sách lớp ngày 28-6.pdf");
  writeFileSync(file, "%PDF-1.4\n");
  const told = pages.suite.command("--json", "evidence", "put", pact, "units/so-khoa-hoc-va-cong-nghe", file);
  rmSync(folder, { recursive: true });
  await pages.put(midYear, "lop-dao-tao-tap-huan", {
    actual: { text: "09" },
    correctionReason: "Thêm lớp ngày 28/6",
    evidence: [/"name": *"([^"]*\/evidence\/[^"]*)"/.exec(told)[1]],
  });
  await pages.open(address("so-khoa-hoc-va-cong-nghe"), desktop, async (page) => {
    await page.getByText("Các lần báo cáo (2): Tổ chức lớp đào tạo").click();
    await page.getByText("Lý do sửa: Thêm lớp ngày 28/6").waitFor();
    const link = page.getByRole("link", { name: "Danh sách lớp ngày 28-6.pdf (1 KB)" });
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    assert.equal(download.suggestedFilename(), "Danh sách lớp ngày 28-6.pdf");
    assert.equal(readFileSync(await download.path(), "utf8"), "%PDF-1.4\n");
  });
});
