// Báo cáo: a period's report drafted, looked at, written, commented on, made final and taken away as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { desktop, phone } from "./browser.mjs";
import { addressOf, midYear, site, sizes } from "./site.mjs";

const pages = site();
const address = addressOf("bao-cao", midYear);

const written = {
  "Nội dung 2: thực hiện chủ trương của Đảng, pháp luật của Nhà nước": "Các đơn vị chấp hành tốt chủ trương của Đảng.",
  "Nội dung 3: công tác thi đua, khen thưởng": "Phát động 07 phong trào thi đua.",
  "Tồn tại, hạn chế, nguyên nhân": "Một số chỉ tiêu chưa đăng ký mức phấn đấu.",
  "Phương hướng, nhiệm vụ": "Phấn đấu hoàn thành chỉ tiêu năm.\nRà soát số liệu hằng tháng.",
};
const lastPart = "Kiến nghị, đề xuất";

// The document in the frame beside the form.
function preview(page) {
  return page.frameLocator("iframe[title^='Văn bản báo cáo']");
}

async function draft(page) {
  await page.getByRole("button", { name: "Lập dự thảo mới" }).click();
  await page.getByRole("heading", { level: 1, name: /^Báo cáo lần \d+$/ }).waitFor();
}

// By the key: a mouse's click would be the frame's for as long as the browser draws it where it was before.
async function download(page, link) {
  const [taken] = await Promise.all([page.waitForEvent("download"), link.press("Enter")]);
  return { name: taken.suggestedFilename(), bytes: readFileSync(await taken.path()) };
}

test("by keyboard alone a report is drafted, written, commented on and made final", () =>
  pages.open(address, desktop, async (page, complaints) => {
    const { browser } = pages;
    const make = page.getByRole("button", { name: "Lập dự thảo mới" });
    await page.getByText("Kỳ này chưa có báo cáo nào.").waitFor();
    await browser.assertFits(page);
    await browser.shoot(page, "reports-none");
    await browser.tabTo(page, make);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Báo cáo lần 1" }).waitFor();
    const document = preview(page);
    await document.getByText("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").waitFor();
    await document.getByText("Giải quyết việc làm cho 17.893/35.000 lượt lao động, đạt 51,12%").or(document.getByText("17.893/35.000 lượt lao động, đạt 51,12%")).first().waitFor();
    await browser.assertFits(page);
    await browser.shoot(page, "report-drafted");

    // Not before it was agreed to, nor before it is written and commented on.
    const agreed = page.getByLabel("Tôi đã xem bản dự thảo và hiểu rằng chốt rồi không sửa được nữa");
    const finalise = page.getByRole("button", { name: "Chốt báo cáo" });
    await browser.tabTo(page, finalise);
    await page.keyboard.press("Enter");
    await page.getByText("Hãy xem bản dự thảo và đánh dấu ô này trước khi chốt.").waitFor();
    assert.ok(await agreed.evaluate((box) => box === globalThis.document.activeElement));
    await page.keyboard.press("Space");
    await browser.tabTo(page, finalise);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Chưa đơn vị nào có ý kiến về báo cáo này.").waitFor();
    await browser.assertAccessible(page);
    await browser.shoot(page, "report-refused");

    for (const [part, text] of Object.entries(written)) {
      const field = page.getByRole("textbox", { name: part });
      await field.focus();
      for (const [at, line] of text.split("\n").entries()) {
        if (at > 0) await page.keyboard.press("Enter");
        await page.keyboard.insertText(line);
      }
    }
    await browser.tabTo(page, page.getByRole("button", { name: "Lưu 4 mục" }));
    await page.keyboard.press("Enter");
    await page.getByText("Đã lưu các mục vừa sửa.").waitFor();
    for (const line of Object.values(written).flatMap((text) => text.split("\n"))) await document.getByText(line).waitFor();

    await browser.tabTo(page, page.getByRole("combobox", { name: "Đơn vị có ý kiến" }));
    for (let unit = 0; unit < 3; ++unit) await page.keyboard.press("ArrowDown");
    await browser.tabTo(page, page.getByRole("textbox", { name: "Ý kiến" }));
    await page.keyboard.insertText("Nhất trí với dự thảo.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Đã gửi ý kiến.").waitFor();
    await page.getByRole("heading", { name: "Ý kiến của các đơn vị (1)" }).waitFor();
    // What stood in the way of it no longer does.
    assert.equal(await page.getByRole("alert").count(), 0);
    await browser.shoot(page, "report-commented");

    // The part that is still missing is led to.
    await browser.tabTo(page, finalise);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Chưa chốt được: còn mục chưa viết.").waitFor();
    await browser.tabTo(page, page.getByRole("alert").getByRole("button", { name: lastPart }), { backwards: true });
    await page.keyboard.press("Enter");
    const last = page.getByRole("textbox", { name: lastPart });
    assert.ok(await last.evaluate((field) => field === globalThis.document.activeElement));
    await page.keyboard.insertText("Đề nghị tỉnh công bố mức phấn đấu.");
    await browser.tabTo(page, page.getByRole("button", { name: "Lưu 1 mục" }));
    await page.keyboard.press("Enter");
    await document.getByText("Đề nghị tỉnh công bố mức phấn đấu.").waitFor();
    await browser.tabTo(page, finalise);
    await page.keyboard.press("Enter");
    await page.getByText("Báo cáo đã chốt.").waitFor();
    await page.getByText("Sở Du lịch chốt lúc").waitFor();
    assert.equal(await page.getByRole("textbox").count(), 0);
    await document.getByText("Phát động 07 phong trào thi đua.").waitFor();
    await browser.assertFits(page);
    await browser.assertAccessible(page);
    await browser.shoot(page, "report-final");

    // The refusals are answers of 4xx, which the browser tells of itself.
    assert.ok(complaints.every((one) => /status of 4/.test(one)), complaints.join("\n"));
    complaints.length = 0;

    const { report } = await pages.get(`${midYear}/reports/1`);
    assert.equal(report.state, "STATE_FINAL");
    const docx = await download(page, page.getByRole("link", { name: /^Tải DOCX/ }));
    assert.match(docx.name, /\.docx$/);
    assert.equal(docx.bytes.subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
    const text = await download(page, page.getByRole("link", { name: /^Tải TXT/ }));
    assert.match(text.bytes.toString("utf8").replace(/\s+/g, " "), /17\.893\/35\.000 lượt lao động, đạt 51,12%/);

    await page.getByRole("link", { name: "Các báo cáo của kỳ" }).click();
    await page.getByRole("row", { name: /Báo cáo lần 1/ }).getByText("Đã chốt").waitFor();
    await browser.assertFits(page);
    await browser.assertAccessible(page);
    await browser.shoot(page, "reports");
  }));

for (const [name, size] of sizes) {
  test(`what is typed outlives what another writes meanwhile, on a ${name}`, () =>
    pages.open(address, size, async (page, complaints) => {
      await draft(page);
      const part = page.getByRole("textbox", { name: "Kiến nghị, đề xuất" });
      await part.fill("Đề nghị của tôi.");
      const reportName = `${midYear}/reports/${/\d+$/.exec(page.url())[0]}`;
      const { report } = await pages.get(reportName);
      await pages.post(`${reportName}:revise`, {
        etag: report.etag,
        revisedBy: "units/so-du-lich",
        sections: [{ kind: "KIND_PROPOSALS", paragraphs: ["Đề nghị của khối phó."] }],
      });
      await page.getByRole("button", { name: "Lưu 1 mục" }).click();
      await page.getByText("Mục này vừa được người khác sửa.").waitFor();
      await page.getByText("Đề nghị của khối phó.").first().waitFor();
      assert.equal(await part.inputValue(), "Đề nghị của tôi.");
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `report-conflict-${name}`);
      await page.reload();
      assert.equal(await part.inputValue(), "Đề nghị của tôi.");
      await page.getByRole("button", { name: "Giữ nội dung tôi đang viết" }).click();
      await page.getByRole("button", { name: "Lưu 1 mục" }).click();
      await page.getByText("Đã lưu các mục vừa sửa.").waitFor();
      const after = await pages.get(reportName);
      assert.deepEqual(after.report.sections.find((one) => one.kind === "KIND_PROPOSALS").paragraphs, ["Đề nghị của tôi."]);
      assert.ok(complaints.every((one) => /status of 409/.test(one)), complaints.join("\n"));
      complaints.length = 0;
    }));
}

test("figures that moved on after the draft are told, and taken again", () =>
  pages.open(address, phone, async (page) => {
    await draft(page);
    await preview(page).getByText("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").waitFor();
    await pages.put(midYear, "giai-quyet-viec-lam", { actual: { text: "18.000" }, correctionReason: "Rà soát" });
    await page.reload();
    await page.getByText("Số liệu của kỳ đã thay đổi sau khi lập báo cáo này.").waitFor();
    await page.getByRole("button", { name: "Lấy lại số liệu" }).click();
    await page.getByText("Đã lấy số liệu hiện có vào báo cáo.").waitFor();
    await preview(page).getByText(/18\.000\/35\.000 lượt lao động/).first().waitFor();
  }));
