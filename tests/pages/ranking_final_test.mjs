// Bảng xếp hạng of a whole year: equals and what decided them, made final by a decision, and revoked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop, phone } from "./browser.mjs";
import { addressOf, pact, site, sizes, year } from "./site.mjs";

const address = addressOf("xep-hang", year);
const authority = "Quyết định số 12/QĐ-UBND ngày 10/01/2020";

// All seven reach every target; Content 2 is assessed so that two have the same percentage by other points.
const pages = site(async (pages) => {
  const figures = {
    "giai-quyet-viec-lam": { actual: { text: "33.600" } },
    "khach-du-lich-quoc-te": { actual: { text: "640.000" }, statedPercent: { text: "100%" } },
    "tong-doanh-thu": { actual: { text: "6.840" }, statedPercent: { text: "100%" } },
    "lop-dao-tao-tap-huan": { actual: { text: "10" } },
    "bao-ho-so-huu-cong-nghiep": { actual: { text: "12" } },
    "tre-6-14-tuoi-den-truong": { statedPercent: { text: "100%" } },
    "hoc-sinh-gioi-cap-tinh": { actual: { text: "770" }, statedPercent: { text: "100%" } },
    "khu-pho-ap-van-hoa": { actual: { text: "957" } },
    "co-quan-dat-chuan-van-hoa": { actual: { text: "1.818" } },
    "giam-sinh": { actual: { text: "0,2" }, statedPercent: { text: "100%" } },
    "ty-le-tang-dan-so-tu-nhien": { actual: { text: "5,0" }, statedPercent: { text: "100%" } },
    "giam-suy-dinh-duong": { actual: { text: "13,1" } },
    "cung-cap-thong-tin-nguoi-co-uy-tin": { actual: { text: "5" } },
  };
  await pages.post(`${year}/results:put`, {
    mode: "MODE_ATOMIC",
    rows: Object.entries(figures).map(([target, figure]) => ({ target: `${pact}/targets/${target}`, ...figure })),
  });
  // 33.600 of 35.000 is 96 % of 650 points: 624, and 176 are 800 of 850, as 650 and 150 are.
  const points = {
    "so-lao-dong-thuong-binh-va-xa-hoi": "176",
    "so-du-lich": "150",
    "so-khoa-hoc-va-cong-nghe": "150",
    "so-giao-duc-va-dao-tao": "140",
    "so-van-hoa-va-the-thao": "130",
    "so-y-te": "120",
    "ban-dan-toc": "100",
  };
  const { freshnessToken } = await pages.post(`${year}/assessments:put`, {
    assessments: Object.entries(points).map(([unit, given]) => ({
      unit: `units/${unit}`,
      criterionId: "noi-dung-2",
      layer: "ASSESSMENT_LAYER_PROVINCE",
      points: given,
    })),
  });
  await pages.get(`${year}/ranking?freshnessToken=${encodeURIComponent(freshnessToken)}`);
});

function rowOf(page, unit) {
  return page.locator("table.ranking > tbody > tr.moved-row").filter({ hasText: unit });
}

for (const [name, size] of sizes) {
  test(`equals say that they are, and what put one before another, on a ${name}`, () =>
    pages.open(address, size, async (page) => {
      await page.getByText("đang cập nhật trực tiếp").waitFor();
      const { ranking } = await pages.get(`${year}/ranking`);
      assert.deepEqual(ranking.rows.slice(0, 4).map((row) => [row.rank, row.shared]), [[1, true], [1, true], [3, false], [4, false]]);
      const ties = await page.locator("table.ranking > tbody > tr.moved-row").evaluateAll((rows) =>
        rows.map((row) => [row.querySelector(".rank").innerText.replace(/\s/g, ""), ...[...row.querySelectorAll(".tie")].map((one) => one.textContent)]),
      );
      const by = "“Nội dung 1: thực hiện các chỉ tiêu đã đăng ký”";
      assert.deepEqual(ties.slice(0, 4), [
        ["1=", "Đồng hạng với Sở Khoa học và Công nghệ", `Bằng hạng 3; xếp trên nhờ ${by}`],
        ["1=", "Đồng hạng với Sở Du lịch", `Bằng hạng 3; xếp trên nhờ ${by}`],
        ["3", `Bằng hạng 1; xếp dưới vì ${by}`],
        ["4"],
      ]);
      // Two contents, each in its number and colour.
      await page.getByRole("list", { name: "Chú giải" }).getByText("Nội dung 2: thực hiện chủ trương của Đảng").waitFor();
      assert.match(await rowOf(page, "Sở Lao động").locator(".contents-numbers").innerText(), /624\s[\s\S]*176/);
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `ranking-equals-${name}`);
    }));
}

test("made final, it says so at once and by whose decision; revoked, it is provisional again, and says why", () =>
  pages.open(address, desktop, async (page) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    const heading = page.getByRole("heading", { level: 1 });
    assert.match(await heading.innerText(), /Tạm tính/);
    const { record } = await pages.post(`${year}/ranking:finalise`, { reason: "Tổng kết năm 2019", authority });
    await page.getByText("Kết quả vừa được chốt chính thức.").waitFor();
    await heading.getByText("Chính thức").waitFor();
    const notice = page.locator(".notice.final");
    assert.match(await notice.innerText(), new RegExp(`${authority}.*Tổng kết năm 2019`));
    await page.getByText("Mã kiểm chứng").click();
    await notice.getByText(record.digest).waitFor();
    await pages.browser.assertFits(page);
    await pages.browser.assertAccessible(page);
    await pages.browser.shoot(page, "ranking-final");
    await page.setViewportSize(phone);
    await pages.browser.assertFits(page);
    await pages.browser.shoot(page, "ranking-final-phone");
    await page.setViewportSize(desktop);

    await page.goto("/");
    const row = page.getByRole("row", { name: /^Năm 2019/ });
    await row.getByText("Chính thức").waitFor();
    await page.goto(addressOf("phieu-diem", year, "so-y-te"));
    await page.getByRole("heading", { level: 1, name: /Phiếu điểm: Sở Y tế/ }).getByText("Chính thức").waitFor();

    await page.goto(address);
    await heading.getByText("Chính thức").waitFor();
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    await pages.post(`${year}/ranking:revokeFinal`, {
      revision: record.revision,
      reason: "Phát hiện sai số liệu",
      authority: "Quyết định số 15/QĐ-UBND ngày 20/01/2020",
    });
    await page.getByText("Kết quả chính thức đã bị thu hồi; xếp hạng nay là tạm tính.").waitFor();
    await heading.getByText("Tạm tính").waitFor();
    await page.locator(".notice.provisional").getByText("chưa phải kết quả thi đua chính thức").waitFor();
    await page.getByLabel("Thay đổi so với").locator("option", { hasText: `kết quả đã thu hồi theo ${authority}` }).waitFor({ state: "attached" });
    await page.reload();
    await page.getByText(`Kết quả chính thức theo ${authority} đã bị thu hồi`).waitFor();
    assert.match(
      await page.locator(".notice.provisional").innerText(),
      /theo Quyết định số 15\/QĐ-UBND ngày 20\/01\/2020\. Lý do: Phát hiện sai số liệu/,
    );
    await pages.browser.assertAccessible(page);
    await pages.browser.shoot(page, "ranking-revoked");
  }));
