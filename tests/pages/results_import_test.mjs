// Nhập kết quả: a file becomes a plan, each fault at its cell; the plan is looked at, then stored.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { desktop } from "./browser.mjs";
import { addressOf, midYear, site, sizes } from "./site.mjs";

const pages = site();
const address = addressOf("nhap-ket-qua", midYear);
const folder = mkdtempSync(join(tmpdir(), "thidua-import-"));
after(() => rmSync(folder, { recursive: true }));

const labour = "Sở Lao động, Thương binh và Xã hội";
const culture = "Sở Văn hóa và Thể thao";
const head = ["Đơn vị", "Chỉ tiêu", "Kết quả", "Tỷ lệ", "Lý do sửa"];

function file(name, rows) {
  const path = join(folder, name);
  const csv = [head, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\r\n");
  writeFileSync(path, `\ufeff${csv}\r\n`);
  return path;
}

// One of each: corrected, as it is, unreadable, of nobody's.
function mixed(name) {
  return file(name, [
    [labour, "Giải quyết việc làm", "33.250", "95%", "Bổ sung tháng 6"],
    [culture, "Số lượng đăng ký khu phố văn hóa, ấp văn hóa", "949", "99,16%", ""],
    ["Ban Dân tộc", "Tổ chức cuộc cung cấp thông tin cho người có uy tín theo Quyết định số 12/2018/QĐ-TTg", "năm cuộc", "", ""],
    ["Sở Không Có", "Giải quyết việc làm", "12", "", ""],
  ]);
}

async function choose(page, path) {
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByRole("heading", { level: 1, name: "Dự kiến nhập kết quả" }).waitFor();
}

async function counts(page) {
  await page.locator("ul.counts button").first().waitFor();
  return page.locator("ul.counts button").evaluateAll((all) =>
    Object.fromEntries(all.map((one) => [one.lastChild.textContent.trim(), Number(one.querySelector(".count-number").textContent)])),
  );
}

for (const [name, size] of sizes) {
  test(`a file's plan tells each row, its faults at the cell, and the would-be ranks, on a ${name}`, async () => {
    const before = await pages.get(`${midYear}/ranking`);
    await pages.open(address, size, async (page) => {
      await page.getByText("Thả tệp vào đây, hoặc").waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await choose(page, mixed(`ket-qua-${name}.csv`));
      await page.getByText(`Tệp “ket-qua-${name}.csv”`).waitFor();
      await page.getByText("Dự kiến, chưa lưu gì.").waitFor();
      const told = await counts(page);
      assert.deepEqual(told, { "Mọi dòng": 4, "Bị từ chối": 2, "Có lưu ý": told["Có lưu ý"], "Thêm mới": 0, "Sửa số đã có": 1, "Không đổi": 1 });

      // The faulty ones first, at the row and the cell where they stand in the file.
      const rows = page.locator("table.planned-rows > tbody > tr");
      await rows.nth(1).waitFor();
      assert.equal(await rows.count(), 2);
      assert.equal(await rows.nth(0).locator("th").innerText(), "Dòng 4");
      const figure = rows.nth(0).locator('td[data-name="Kết quả"]');
      assert.match(await figure.innerText(), /^(Kết quả: )?năm cuộc/);
      assert.match(await figure.getAttribute("class"), /faulty/);
      assert.ok((await figure.locator(".is-fault").innerText()).length > 10);
      assert.equal(await rows.nth(1).locator("th").innerText(), "Dòng 5");
      assert.match(await rows.nth(1).locator('td[data-name="Đơn vị"]').getAttribute("class"), /faulty/);
      await rows.nth(1).locator('td[data-name="Đơn vị"]').getByText("Sở Không Có").first().waitFor();
      await pages.browser.assertFits(page, { scrolling: size === desktop });
      await pages.browser.shoot(page, `import-plan-${name}`);

      await page.getByRole("button", { name: /Mọi dòng/ }).click();
      await rows.nth(3).waitFor();
      assert.match(await rows.nth(0).locator(".becomes").innerText(), /Sửa\s+trước đây 17\.893/);
      assert.match(await rows.nth(1).locator(".becomes").innerText(), /Không đổi/);
      await page.getByText(`1 đơn vị đổi hạng: ${labour}`).or(page.getByText(`3 đơn vị đổi hạng: ${labour}`)).waitFor();
      await page.getByText("Chưa tính các dòng bị từ chối.").waitFor();
      const supposed = page.locator("table.supposed-ranking > tbody > tr", { hasText: labour });
      assert.match(await supposed.innerText(), /^5[\s\S]*hiện có 7[\s\S]*617,5/);
      await pages.browser.assertFits(page, { scrolling: size === desktop });
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `import-all-${name}`);
    });
    assert.deepEqual(await pages.get(`${midYear}/ranking`), before);
  });
}

test("by keyboard alone a file is chosen, its plan looked at and stored; the ranking shows it", () =>
  pages.open(address, desktop, async (page) => {
    const { browser } = pages;
    const input = page.locator("input[type=file]");
    await input.waitFor({ state: "attached" });
    const chooser = page.waitForEvent("filechooser");
    await browser.tabTo(page, input);
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(mixed("ket-qua.csv"));
    await page.getByRole("heading", { name: "Xếp hạng nếu lưu" }).waitFor();
    await browser.tabTo(page, page.getByRole("button", { name: "Lưu 1 số liệu" }));
    await page.keyboard.press("Enter");
    await page.getByText("Còn 2 dòng bị từ chối: sửa tệp rồi nhập lại, hoặc đánh dấu ô này.").waitFor();
    // The focus is where the answer is asked for.
    await page.keyboard.press("Space");
    await browser.tabTo(page, page.getByRole("button", { name: "Lưu 1 số liệu" }));
    await page.keyboard.press("Enter");
    await page.getByText("Thêm 0 số mới, sửa 1 số đã báo cáo; bỏ qua 2 dòng bị từ chối.").waitFor();
    await browser.assertAccessible(page);
    await browser.shoot(page, "import-stored");
    await browser.tabTo(page, page.getByRole("link", { name: "Xem bảng xếp hạng sau khi lưu" }));
    await page.keyboard.press("Enter");
    await page.locator("table.ranking tr.moved-row", { hasText: labour }).getByText("617,5", { exact: true }).waitFor();
  }));

test("a file that is dropped a second time changes nothing; a plan that was overtaken is made again", () =>
  pages.open(address, desktop, async (page, complaints) => {
    const same = mixed("lan-hai.csv");
    await page.locator(".drop").waitFor();
    const dropped = await page.evaluateHandle((text) => {
      const given = new DataTransfer();
      given.items.add(new File([text], "lan-hai.csv", { type: "text/csv" }));
      return given;
    }, readFileSync(same, "utf8"));
    await page.dispatchEvent(".drop", "drop", { dataTransfer: dropped });
    await page.getByRole("heading", { level: 1, name: "Dự kiến nhập kết quả" }).waitFor();
    const told = await counts(page);
    assert.equal(told["Không đổi"], 2);
    assert.equal(told["Sửa số đã có"], 0);
    await page.getByText("Không dòng nào lưu được.").or(page.getByText("không có gì để lưu")).waitFor();

    await page.getByRole("link", { name: "Nhập tệp khác" }).first().click();
    await choose(page, file("moi.csv", [[labour, "Giải quyết việc làm", "34.000", "", "Rà soát"]]));
    await page.getByRole("button", { name: "Lưu 1 số liệu" }).waitFor();
    await pages.put(midYear, "giai-quyet-viec-lam", { actual: { text: "33.500" }, correctionReason: "Người khác sửa" });
    await page.getByRole("button", { name: "Lưu 1 số liệu" }).click();
    await page.getByText("Chưa lưu gì: số liệu đã thay đổi từ khi lập dự kiến.").waitFor();
    await pages.browser.assertAccessible(page);
    await pages.browser.shoot(page, "import-overtaken");
    await page.getByRole("button", { name: "Lập dự kiến lại từ “moi.csv”" }).click();
    await page.getByText("trước đây 33.500").waitFor();
    await page.getByRole("button", { name: "Lưu 1 số liệu" }).click();
    await page.getByText("Thêm 0 số mới, sửa 1 số đã báo cáo.").waitFor();
    assert.equal((await pages.get(`${midYear}/results/giai-quyet-viec-lam`)).result.actual.value, "34000");
    assert.ok(complaints.every((one) => /status of 409/.test(one)), complaints.join("\n"));
    complaints.length = 0;
  }));

test("a file that is no table is refused in words, and the period's own table is taken back whole", () =>
  pages.open(address, desktop, async (page, complaints) => {
    const wrong = join(folder, "ghi-chu.csv");
    writeFileSync(wrong, "một\r\nhai\r\n");
    await page.locator("input[type=file]").setInputFiles(wrong);
    await page.getByText("Chưa lập được dự kiến.").waitFor();
    await page.getByText("Không thấy dòng tiêu đề (Đơn vị, Chỉ tiêu, Kết quả…) trong 20 dòng đầu của bảng.").waitFor();
    await pages.browser.assertAccessible(page);
    await pages.browser.shoot(page, "import-no-table");
    assert.ok(complaints.every((one) => /status of 400/.test(one)), complaints.join("\n"));
    complaints.length = 0;

    const [taken] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "bảng XLSX" }).click(),
    ]);
    const path = join(folder, taken.suggestedFilename());
    await taken.saveAs(path);
    assert.match(path, /\.xlsx$/);
    await choose(page, path);
    const told = await counts(page);
    assert.equal(told["Bị từ chối"], 0);
    assert.equal(told["Không đổi"], told["Mọi dòng"]);
    await page.getByText("Mọi dòng đều trùng với số đã báo cáo: không có gì để lưu.").waitFor();
  }));
