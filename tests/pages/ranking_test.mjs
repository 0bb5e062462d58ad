// Bảng xếp hạng: one bloc's table of a period, live.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { desktop } from "./browser.mjs";
import { addressOf, midYear, site, sizes, vi } from "./site.mjs";

const pages = site();
const address = addressOf("xep-hang", midYear);

// What each row of the table says, as it is read.
function shownRows(page) {
  return page.locator("table.ranking > tbody > tr.moved-row").evaluateAll((rows) =>
    rows.map((row) => {
      const cell = (name) => row.querySelector(`[data-name="${name}"]`).innerText;
      return {
        rank: row.querySelector(".rank").innerText,
        unit: row.querySelector("th a").innerText,
        bonus: cell("Thưởng"),
        total: cell("Tổng điểm"),
        assigned: cell("Được giao"),
        percent: cell("% đạt"),
      };
    }),
  );
}

function rowOf(page, unit) {
  return page.locator("table.ranking > tbody > tr.moved-row").filter({ hasText: unit });
}

async function assertShows(page, { ranking }) {
  assert.deepEqual(
    await shownRows(page),
    ranking.rows.map((row) => ({
      rank: `${row.rank}${row.shared ? "=" : ""}`,
      unit: row.unitDisplayName,
      bonus: vi(row.bonus),
      total: vi(row.total),
      assigned: vi(row.assignedPoints),
      percent: `${vi(row.percentOfAssigned)}%`,
    })),
  );
}

for (const [name, size] of sizes) {
  test(`shows all seven departments with their figures on a ${name}`, () =>
    pages.open(address, size, async (page) => {
      await page.getByText("đang cập nhật trực tiếp").waitFor();
      assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /^Bảng xếp hạng\s*Tạm tính$/);
      await page.locator(".notice").getByText("Xếp hạng tạm tính từ số liệu đã báo cáo, chưa phải kết quả thi đua chính thức.").waitFor();
      const answer = await pages.get(`${midYear}/ranking`);
      assert.equal(answer.ranking.rows.length, 7);
      await assertShows(page, answer);
      // As the article has it: 17.893 of 35.000 is 51,12 %.
      assert.equal((await shownRows(page))[6].percent, "51,1231%");
      for (const note of answer.ranking.notes.slice(1)) await page.getByRole("listitem").getByText(note).first().waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.shoot(page, `ranking-${name}`);

      for (const button of await page.getByRole("button", { name: /^Vì sao .* ở hạng này$/ }).all()) await button.click();
      for (const row of answer.ranking.rows) await page.locator(".why").getByText(row.reason).waitFor();
      await pages.browser.assertFits(page);
      await pages.browser.assertAccessible(page);
      await pages.browser.shoot(page, `ranking-why-${name}`);
    }));
}

test("by keyboard alone one opens why a unit stands where it stands, and goes on to its scorecard", () =>
  pages.open(address, desktop, async (page) => {
    const why = page.getByRole("button", { name: "Vì sao Sở Du lịch ở hạng này" });
    await why.waitFor();
    await pages.browser.tabTo(page, page.getByRole("link", { name: "Đến nội dung chính" }));
    await page.keyboard.press("Enter");
    await pages.browser.tabTo(page, why);
    await page.keyboard.press("Enter");
    await page.locator(".why").getByText("Đạt 408,85/650 điểm được giao").waitFor();
    await page.keyboard.press("Space");
    await page.locator(".why").waitFor({ state: "detached" });
    await pages.browser.tabTo(page, page.getByRole("link", { name: "Sở Du lịch", exact: true }), { backwards: true });
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Phiếu điểm: Sở Du lịch" }).waitFor();
    // The heading has the focus, so that one is read what page it is.
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    assert.equal(new URL(page.url()).pathname, addressOf("phieu-diem", midYear, "so-du-lich"));
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Bảng xếp hạng" }).waitFor();
  }));

test("the ranking is taken away as a workbook and as a table", () =>
  pages.open(address, desktop, async (page) => {
    for (const [link, ending, begins] of [
      ["Tải bảng Excel", ".xlsx", "PK\u0003\u0004"],
      ["Tải CSV", ".csv", "\u00ef\u00bb\u00bf"],
    ]) {
      const [taken] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
      assert.ok(taken.suggestedFilename().endsWith(ending));
      assert.ok(readFileSync(await taken.path(), "latin1").startsWith(begins), link);
    }
  }));

test("a result that is put moves its row at once, and the movement is said and shown", () =>
  pages.open(address, desktop, async (page) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    const labour = rowOf(page, "Sở Lao động, Thương binh và Xã hội");
    assert.match(await labour.innerText(), /^7/);
    const answer = await pages.put(midYear, "giai-quyet-viec-lam", {
      actual: { text: "28.000" },
      correctionReason: "Bổ sung số liệu tháng 6",
    });
    // 28.000 of 35.000 is 80 % of 650 points.
    await page.getByText("Vừa cập nhật: Sở Lao động, Thương binh và Xã hội lên hạng 5, 520 điểm").waitFor();
    await assertShows(page, answer);
    await labour.getByText("vừa đổi").waitFor();
    await labour.getByText("▲").waitFor();
    assert.match(await labour.locator(".move").innerText(), /2.*\+187,7 điểm/s);
    assert.match(await rowOf(page, "Sở Du lịch").locator(".move").innerText(), /▼.*1/s);
    assert.match(await rowOf(page, "Sở Y tế").locator(".move").innerText(), /=/);

    await labour.getByRole("button", { name: /^Vì sao/ }).click();
    const why = page.locator(".why");
    await why.getByText("17.893 lượt lao động → 28.000 lượt lao động").waitFor();
    await why.getByRole("cell", { name: "+187,7" }).waitFor();
    await pages.browser.assertFits(page);
    await pages.browser.assertAccessible(page);
    await pages.browser.shoot(page, "ranking-moved");
  }));

test("who comes back sees what moved since", () =>
  pages.open(address, desktop, async (page) => {
    const compared = page.getByLabel("Thay đổi so với");
    await compared.waitFor();
    await pages.put(midYear, "giai-quyet-viec-lam", { actual: { text: "28.700" }, correctionReason: "Rà soát lần 1" });
    await page.getByText("533 điểm").first().waitFor();
    await page.goto("/");
    await page.getByRole("heading", { level: 1, name: "Các khối thi đua" }).waitFor();
    await pages.put(midYear, "giai-quyet-viec-lam", { actual: { text: "29.400" }, correctionReason: "Rà soát lần 2" });
    await pages.put(midYear, "giai-quyet-viec-lam", { actual: { text: "30.100" }, correctionReason: "Rà soát lần 3" });
    await page.goto(address);
    await compared.locator("option", { hasText: "lần xem trước trên máy này" }).waitFor({ state: "attached" });
    // 28.700 → 30.100 is 1.400/35.000 of 650 points.
    await rowOf(page, "Sở Lao động").getByText("+26 điểm").waitFor();
    await compared.selectOption({ label: await compared.locator("option", { hasText: "số liệu liền trước" }).innerText() });
    await rowOf(page, "Sở Lao động").getByText("+13 điểm").waitFor();
  }));

test("a portal that went away is told at once, and read again when it is back", () =>
  pages.open(address, desktop, async (page, complaints) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    await pages.suite.kill("portal");
    await page.getByText("mất kết nối, đang nối lại; bảng có thể đã cũ").waitFor();
    await pages.suite.restart("portal");
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    // The browser itself tells of what it cannot reach; the page said so. From now on there is nothing to complain of.
    const meanwhile = complaints.splice(0);
    assert.ok(meanwhile.every((one) => /net::ERR_/.test(one)), meanwhile.join());
    const answer = await pages.put(midYear, "giai-quyet-viec-lam", {
      actual: { text: "31.500" },
      correctionReason: "Rà soát lần 4",
    });
    await rowOf(page, "Sở Lao động").getByText("585", { exact: true }).waitFor();
    await assertShows(page, answer);
  }));

// A stream as the portal tells it, that ends: the browser connects again soon.
function stream(...events) {
  return {
    contentType: "text/event-stream",
    body: `retry: 200\n\n${events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("")}`,
  };
}

test("a stream that begins anew with an older ranking does not take the page back, and one that is gone is not shown", async () => {
  const putJobs = (text) =>
    pages.put(midYear, "giai-quyet-viec-lam", { actual: { text }, correctionReason: `Rà soát thành ${text}` });
  const [read, older, newest] = [await putJobs("32.000"), await putJobs("32.100"), await putJobs("32.200")];
  await pages.open("/api", desktop, async (page, complaints) => {
    let reading = { json: read };
    await page.route(({ pathname }) => pathname === `/v1/${midYear}/ranking`, (route) => route.fulfill(reading));
    const told = [stream(["ranking", { ranking: newest, stale: false }])];
    let after = stream(["ranking", { ranking: older, stale: false }], ["bookmark", { bookmark: {}, stale: true }]);
    await page.route("**/v1/rankings:watch?*", (route) => route.fulfill(told.shift() ?? after));
    await page.goto(address);
    await page.getByText("Số liệu có thể chưa cập nhật").waitFor();
    await assertShows(page, newest);
    await page.getByText(`Phiên bản ${newest.ranking.revision}`).waitFor();

    reading = { status: 404, json: { error: { code: 404, status: "NOT_FOUND", message: "Không còn kỳ này." } } };
    after = stream(["removed", { removed: midYear }]);
    await page.getByRole("alert").getByText("Không còn kỳ này.").waitFor();
    assert.equal(await page.locator("table.ranking").count(), 0);
    assert.ok(complaints.every((one) => /404/.test(one)), complaints.join());
    complaints.length = 0;
  });
});

test("movements are shown only under the name of what was compared", () =>
  pages.open(address, desktop, async (page, complaints) => {
    const moves = page.locator("table.ranking .move");
    await moves.first().waitFor();
    await page.route("**/v1/rankings:compare", (route) =>
      route.fulfill({ status: 400, json: { error: { code: 400, status: "INVALID_ARGUMENT", message: "Không so được." } } }),
    );
    await page.getByLabel("Thay đổi so với").selectOption({ label: "Năm 2019" });
    await page.getByRole("alert").getByText("Không so được.").waitFor();
    assert.equal(await moves.count(), 0);
    assert.ok(complaints.every((one) => /400/.test(one)), complaints.join());
    complaints.length = 0;
  }));

test("figures that may be old are called so for as long as they may be", () =>
  pages.open(address, desktop, async (page, complaints) => {
    await page.getByText("đang cập nhật trực tiếp").waitFor();
    await page.locator("table.ranking .move").first().waitFor();
    await pages.suite.kill("results-ingest");
    const stale = page.getByText("Số liệu có thể chưa cập nhật: một dịch vụ của hệ thống đang mất kết nối.");
    await stale.waitFor();
    await pages.suite.restart("results-ingest");
    await stale.waitFor({ state: "detached" });
    // What moved is asked again meanwhile, and needs results-ingest.
    assert.ok(complaints.every((one) => /503/.test(one)), complaints.join());
    complaints.length = 0;
  }));

test("a period that there is not is refused in words", () =>
  pages.open(addressOf("xep-hang", `${midYear}x`), desktop, async (page, complaints) => {
    await page.getByRole("alert").first().waitFor();
    assert.match(await page.getByRole("alert").first().innerText(), /kỳ/);
    await pages.browser.assertAccessible(page);
    // An answer of 404 is what was asked for.
    assert.ok(complaints.every((one) => /404/.test(one)), complaints.join());
    complaints.length = 0;
  }));
