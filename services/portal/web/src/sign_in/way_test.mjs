import assert from "node:assert/strict";
import { test } from "node:test";
import { readBrought, tokenIn, wayBack, wayToSignIn } from "./way";

const origin = "https://thidua.example";

test("the way leads back to where one was", () => {
  for (const path of ["/", "/xep-hang/khoi-4/2019/nam", "/bao-cao/khoi-4/2019/nam/1?a=b&c=d"]) {
    const way = new URL(wayToSignIn(path), origin);
    assert.equal(way.pathname, "/dang-nhap");
    assert.equal(wayBack(way.search, origin), path);
  }
});

test("the way back never leaves the site, nor goes round in a circle", () => {
  for (const asked of [
    "https://elsewhere.example/",
    "//elsewhere.example/x",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "http://",
    "/dang-nhap?ve=/",
    "",
  ]) {
    assert.equal(wayBack(`?${new URLSearchParams({ ve: asked })}`, origin), "/", asked);
  }
  assert.equal(wayBack("", origin), "/");
});

test("what the sign-on brings is read", () => {
  assert.deepEqual(readBrought("#access_token=a.b.c&token_type=Bearer"), { token: "a.b.c", refusal: "" });
  assert.deepEqual(readBrought("#error=access_denied&error_description=T%E1%BB%AB+ch%E1%BB%91i"), {
    token: "",
    refusal: "Từ chối",
  });
  assert.deepEqual(readBrought("#noi-dung"), { token: "", refusal: "" });
  assert.deepEqual(readBrought(""), { token: "", refusal: "" });
});

test("a token is taken however it was copied", () => {
  assert.equal(tokenIn(" Bearer a.b\n .c \n"), "a.b.c");
  assert.equal(tokenIn("a.b.c"), "a.b.c");
  assert.equal(tokenIn("  "), "");
});
