// What comes out of the printer: A4, nothing cut, the names of all units, without what is only for the screen.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { desktop } from "./browser.mjs";
import { addressOf, midYear, site, vi } from "./site.mjs";

const pages = site();
const folder = mkdtempSync(join(tmpdir(), "thidua-print-"));
after(() => rmSync(folder, { recursive: true }));

// The page as printed: its pages' texts, one line a string of words.
async function print(page, name) {
  await page.emulateMedia({ media: "print" });
  const path = join(process.env.PAGES_SHOTS ?? folder, `${name}.pdf`);
  await page.pdf({ path, preferCSSPageSize: true });
  // 595 × 842 points are A4.
  assert.match(execFileSync("pdfinfo", [path], { encoding: "utf8" }), /Page size: +59[45]\.?\d* x 84[12]\.?\d* pts/);
  const text = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
  return text.normalize("NFC").split("\f").slice(0, -1).map((one) => one.replace(/\s+/g, " "));
}

// What may break into lines of its cell: each word is there.
function assertWords(text, words) {
  for (const word of words.split(/\s+/)) assert.ok(text.includes(word), `“${word}” of “${words}” is not printed`);
}

async function assertNothingCut(page) {
  const cut = await page.evaluate(() => {
    const right = document.querySelector("main").getBoundingClientRect().right;
    return [...document.querySelectorAll("main *")]
      .filter((element) => element.checkVisibility() && !element.closest(".hidden"))
      .filter((element) => element.getBoundingClientRect().right > right + 1)
      .map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`);
  });
  assert.deepEqual(cut, []);
}

// As wide as what is within the margins of A4.
const paper = { width: Math.floor(((210 - 25 - 15) / 25.4) * 96), height: 970 };

test("the ranking comes on two pages at most, with the reason for each place", () =>
  pages.open(addressOf("xep-hang", midYear), desktop, async (page) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    const printed = await print(page, "ranking");
    assert.ok(printed.length <= 2, `${printed.length} pages`);
    const text = printed.join(" ");
    const { ranking } = await pages.get(`${midYear}/ranking`);
    for (const row of ranking.rows) {
      assertWords(text, row.unitDisplayName);
      assertWords(text, row.reason);
      assert.ok(printed[0].includes(`${vi(row.percentOfAssigned)}%`), `${row.unitDisplayName} on the first page`);
    }
    assert.match(text, /Tạm tính/);
    assert.doesNotMatch(text, /Tải bảng Excel|đang cập nhật trực tiếp|Trang đầu/);
    await page.setViewportSize(paper);
    await assertNothingCut(page);
    await pages.browser.shoot(page, "ranking-print");
  }));

test("a scorecard that is opened comes with every derivation", () =>
  pages.open(addressOf("phieu-diem", midYear, "so-y-te"), desktop, async (page) => {
    await page.getByRole("button", { name: "Mở mọi cách tính" }).click();
    const printed = await print(page, "scorecard");
    assert.ok(printed.length <= 3, `${printed.length} pages`);
    const text = printed.join(" ");
    const { scorecard } = await pages.get(`${midYear}/scorecards/units/so-y-te`);
    assertWords(text, "Phiếu điểm: Sở Y tế");
    for (const score of scorecard.contents.flatMap((content) => content.targets)) {
      assertWords(text, score.target.displayName);
      assertWords(text, score.derivation);
    }
    for (const content of scorecard.contents) assertWords(text, content.rule);
    assert.doesNotMatch(text, /Cần thêm gì|Thử nghiệm|Các lần báo cáo/);
    await page.setViewportSize(paper);
    await assertNothingCut(page);
    await pages.browser.shoot(page, "scorecard-print");
  }));

test("the review comes with every unit and every target", () =>
  pages.open(addressOf("so-ket", midYear), desktop, async (page) => {
    await page.getByText("Đã báo cáo 13/13 chỉ tiêu").waitFor();
    const printed = await print(page, "review");
    assert.ok(printed.length <= 5, `${printed.length} pages`);
    const text = printed.join(" ");
    const { review } = await pages.get(`${midYear}/review`);
    const heads = ["Đạt chỉ tiêu năm", "Đúng tiến độ", "Chậm tiến độ", "Chưa báo cáo", "Không đối chiếu được", "Tổng số"];
    for (const head of heads) assertWords(printed[0], head);
    for (const line of review.lines) {
      assertWords(text, line.unitDisplayName);
      assertWords(text, line.target.displayName);
      assertWords(text, line.sentence);
    }
    await page.setViewportSize(paper);
    await assertNothingCut(page);
    await pages.browser.shoot(page, "review-print");
  }));
