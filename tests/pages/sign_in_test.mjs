// Đăng nhập: how a token comes to be a session, what is told of it, and how it ends. The services here take any token:
// what they refuse is played.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop, phone } from "./browser.mjs";
import { addressOf, midYear, site, sizes } from "./site.mjs";

const signOn = "https://dang-nhap.example/oauth";
const pages = site(undefined, [`--sign_on_url=${signOn}`]);

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = [
  part({ alg: "ES256", typ: "JWT" }),
  part({ name: "Nguyễn Thị Bình", exp: Math.floor(Date.now() / 1000) + 3600 }),
  "c2lnbmF0dXJl",
].join(".");

const refusal = (status, code, reason, message) => ({
  status,
  contentType: "application/json",
  body: JSON.stringify({
    error: {
      code: status,
      status: code,
      message,
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "thidua", metadata: {} }],
    },
  }),
});

// What a browser says of an answer that a test has asked for.
function expectComplaints(complaints, pattern) {
  assert.ok(complaints.every((one) => pattern.test(one)), complaints.join());
  complaints.length = 0;
}

const header = (page) => page.locator("header.site");
const field = (page) => page.getByRole("textbox", { name: "Mã đăng nhập" });
const heading = (page, name) => page.getByRole("heading", { level: 1, name });

async function signedIn(page) {
  await header(page).getByText("Nguyễn Thị Bình").waitFor();
}

async function sessionCookie(page) {
  return (await page.context().cookies()).find((cookie) => cookie.name === "thidua-session");
}

for (const [name, size] of sizes) {
  test(`a token that is pasted signs in, comes back, and out again, on a ${name}`, () =>
    pages.open(addressOf("xep-hang", midYear), size, async (page, complaints) => {
      const { browser } = pages;
      await page.getByText("661,6").first().waitFor();
      await browser.tabTo(page, header(page).getByRole("link", { name: "Đăng nhập" }));
      await page.keyboard.press("Enter");
      await heading(page, "Đăng nhập").waitFor();
      await field(page).waitFor();
      await browser.assertFits(page);
      await browser.assertAccessible(page);
      await browser.shoot(page, `sign-in-${name}`);

      const submit = page.getByRole("button", { name: "Đăng nhập" });
      await browser.tabTo(page, submit);
      await page.keyboard.press("Enter");
      await page.getByText("Hãy dán mã đăng nhập vào đây.").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), "ma-dang-nhap");
      await page.keyboard.type("không phải mã");
      await submit.click();
      await page.getByRole("alert").getByText("Đây không phải mã đăng nhập").waitFor();
      expectComplaints(complaints, /400/);
      assert.equal(await sessionCookie(page), undefined);
      await browser.assertFits(page);
      await browser.assertAccessible(page);
      await browser.shoot(page, `sign-in-refused-${name}`);

      await field(page).fill(`Bearer ${token}\n`);
      await submit.click();
      await heading(page, "Bảng xếp hạng").waitFor();
      assert.equal(new URL(page.url()).pathname, addressOf("xep-hang", midYear));
      await signedIn(page);
      const cookie = await sessionCookie(page);
      assert.deepEqual([cookie.value, cookie.httpOnly, cookie.sameSite, cookie.path], [token, true, "Strict", "/"]);
      assert.ok(cookie.expires * 1000 < Date.now() + 3700 * 1000, "as long as the token");
      assert.equal(await page.evaluate(() => document.cookie), "");
      assert.ok(!(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).includes(token));
      await page.getByText("661,6").first().waitFor();
      await browser.assertFits(page, { scrolling: true });
      await browser.assertAccessible(page);
      await browser.shoot(page, `signed-in-${name}`);

      await page.evaluate(() => sessionStorage.setItem("thidua:typed", '"bản nháp"'));
      await browser.tabTo(page, header(page).getByRole("button", { name: "Đăng xuất" }));
      await page.keyboard.press("Enter");
      await header(page).getByRole("link", { name: "Đăng nhập" }).waitFor();
      assert.equal(await sessionCookie(page), undefined);
      assert.equal(await page.evaluate(() => sessionStorage.getItem("thidua:typed")), null);
      await page.getByText("661,6").first().waitFor();
    }));
}

test("the province's sign-on brings a token, which is in no address afterwards", () =>
  pages.open(addressOf("so-ket", midYear), desktop, async (page) => {
    await page.route(`${signOn}**`, (route) =>
      route.fulfill({
        status: 302,
        headers: { location: `${pages.suite.portal}/dang-nhap#access_token=${token}&token_type=Bearer` },
      }),
    );
    const visited = [];
    page.on("framenavigated", (frame) => visited.push(frame.url()));
    await header(page).getByRole("link", { name: "Đăng nhập" }).click();
    await page.getByRole("link", { name: "Đăng nhập bằng tài khoản của tỉnh" }).click();
    await heading(page, "Sơ kết").waitFor();
    await signedIn(page);
    assert.equal(new URL(page.url()).pathname, addressOf("so-ket", midYear));
    assert.ok(visited.some((url) => url.includes("access_token")), "it came so");
    await page.goBack();
    await page.waitForFunction(() => document.readyState === "complete");
    assert.ok(!page.url().includes("access_token"), page.url());
  }));

test("a token that nobody has asked for signs nobody in by itself", () =>
  pages.open(`/dang-nhap#access_token=${token}`, phone, async (page) => {
    await page.getByText("trang này không yêu cầu").waitFor();
    assert.equal(new URL(page.url()).hash, "");
    assert.equal(await field(page).inputValue(), token);
    assert.equal(await sessionCookie(page), undefined);
    await pages.browser.assertFits(page);
    await pages.browser.assertAccessible(page);
    await page.getByRole("button", { name: "Đăng nhập" }).click();
    await signedIn(page);
    assert.equal(new URL(page.url()).pathname, "/");
  }));

test("what the sign-on refuses is told, and the way back never leaves the site", () =>
  pages.open(
    "/dang-nhap?ve=https://elsewhere.example/#error=access_denied&error_description=Tài+khoản+bị+khóa",
    desktop,
    async (page) => {
      await page.getByRole("alert").getByText("không cấp mã: Tài khoản bị khóa").waitFor();
      assert.equal(new URL(page.url()).hash, "");
      await field(page).fill(token);
      await page.getByRole("button", { name: "Đăng nhập" }).click();
      await signedIn(page);
      assert.equal(page.url(), `${pages.suite.portal}/`);
    },
  ));

test("a token that a service refuses is told, and none is kept", () =>
  pages.open("/dang-nhap", desktop, async (page, complaints) => {
    await page.route("**/session", (route) =>
      route.request().method() === "POST"
        ? route.fulfill(refusal(401, "UNAUTHENTICATED", "TOKEN_EXPIRED", "Mã đăng nhập đã hết hạn."))
        : route.continue(),
    );
    await field(page).fill(token);
    await page.getByRole("button", { name: "Đăng nhập" }).click();
    await page.getByRole("alert").getByText("Mã đăng nhập đã hết hạn.").waitFor();
    expectComplaints(complaints, /401/);
    assert.equal(await sessionCookie(page), undefined);
  }));

for (const [path, asked, title] of [
  ["so-ket", "review", "Sơ kết"],
  ["phieu-diem", "scorecards/**", "Phiếu điểm"],
  ["bao-cao", "reports*", "Báo cáo"],
  ["xep-hang", "ranking", "Bảng xếp hạng"],
]) {
  test(`what is refused for who one is, is told in its place on ${path}, with a way to sign in and back`, async () => {
    const at = addressOf(path, midYear, ...(path === "phieu-diem" ? ["so-y-te"] : []));
    await pages.open("/", desktop, async (page, complaints) => {
      await page.route(`**/v1/${midYear}/${asked}`, async (route) =>
        (await sessionCookie(page)) === undefined
          ? route.fulfill(refusal(401, "UNAUTHENTICATED", "NOT_SIGNED_IN", "Cần đăng nhập để thực hiện việc này."))
          : route.continue(),
      );
      await page.goto(at);
      const told = page.getByRole("alert").filter({ hasText: "Cần đăng nhập để thực hiện việc này." }).first();
      await told.waitFor();
      expectComplaints(complaints, /401/);
      await pages.browser.assertAccessible(page);
      await told.getByRole("link", { name: "Đăng nhập" }).click();
      await field(page).fill(token);
      await page.getByRole("button", { name: "Đăng nhập" }).click();
      await heading(page, title).waitFor();
      assert.equal(new URL(page.url()).pathname, at);
      await signedIn(page);
      assert.equal(await page.getByText("Cần đăng nhập").count(), 0);
      complaints.length = 0; // Of what was asked again by itself before one had signed in.
    });
  });
}

test("who may not is told as whom they are signed in", () =>
  pages.open("/dang-nhap", desktop, async (page, complaints) => {
    await field(page).fill(token);
    await page.getByRole("button", { name: "Đăng nhập" }).click();
    await signedIn(page);
    await page.route(`**/v1/${midYear}/review`, (route) =>
      route.fulfill(
        refusal(403, "PERMISSION_DENIED", "NOT_ALLOWED", "Tài khoản này không có quyền thực hiện việc này."),
      ),
    );
    await page.goto(addressOf("so-ket", midYear));
    const told = page.getByRole("alert").filter({ hasText: "không có quyền" });
    await told.getByText("Nguyễn Thị Bình").waitFor();
    await told.getByRole("link", { name: "Đăng nhập bằng tài khoản khác" }).waitFor();
    expectComplaints(complaints, /403/);
  }));

test("a public ranking is there for whoever is not signed in, without a failure beside it", () =>
  pages.open("/", desktop, async (page, complaints) => {
    const notSignedIn = refusal(401, "UNAUTHENTICATED", "NOT_SIGNED_IN", "Cần đăng nhập để thực hiện việc này.");
    await page.route(/\/v1\/rankings:compare$|\/ranking\/history/, (route) => route.fulfill(notSignedIn));
    await page.goto(addressOf("xep-hang", midYear));
    await page.getByText("661,6").first().waitFor();
    await page.getByText("chỉ dành cho người có quyền").waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    await pages.browser.assertAccessible(page);
    expectComplaints(complaints, /401/);
  }));
