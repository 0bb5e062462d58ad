#include "services/portal/web_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "absl/strings/str_cat.h"

namespace thidua::portal {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

class WebPagesTest : public testing::Test {
 protected:
  WebPagesTest() {
    std::string pattern = (fs::temp_directory_path() / "thidua-pages-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Write("secret.txt", "not for anybody");
    Write("web/index.html", "<!doctype html>first page");
    Write("web/assets/main-3f79bb7b.js", "start()");
    Write("web/assets/main-3f79bb7b.js.gz", "gzipped bytes");
    Write("web/huong-dan/index.html", "guide");
    Write("web/logo.svg", "<svg/>");
    Write("web/alone.gz", "an archive without its file");
    auto pages = WebPages::Read(folder_ / "web");
    EXPECT_TRUE(pages.ok()) << pages.status();
    pages_ = *std::move(pages);
  }
  ~WebPagesTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& bytes) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << bytes;
  }
  // Its body; "none" where nothing is.
  std::string At(absl::string_view path, absl::string_view accept = "") {
    const auto reply = pages_.Find(path, accept, "");
    return reply.has_value() ? *reply->body : "none";
  }

  fs::path folder_;
  WebPages pages_;
};

TEST_F(WebPagesTest, FilesFoldersAndAddressesOfTheFirstPage) {
  EXPECT_EQ(At("/"), "<!doctype html>first page");
  EXPECT_EQ(At("/index.html"), "<!doctype html>first page");
  EXPECT_EQ(At("/khoi/khoi-thi-dua-4/2019"), "<!doctype html>first page");
  EXPECT_EQ(At("/huong-dan"), "guide");
  EXPECT_EQ(At("/huong-dan/"), "guide");
  EXPECT_EQ(At("/logo.svg"), "<svg/>");
  EXPECT_EQ(At("/assets/main-3f79bb7b.js"), "start()");
  EXPECT_EQ(At("/assets/gone-00000000.js"), "none");
  EXPECT_EQ(At("/favicon.ico"), "none");
}

TEST_F(WebPagesTest, NothingOutsideTheFolderIsThere) {
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "//secret.txt",
                           "/./../secret.txt", "/..\\secret.txt", "/../../../../etc/passwd.x"}) {
    EXPECT_EQ(At(path), "none") << path;
  }
  for (const char* path : {"/..", "/../", "/../etc/passwd"}) {
    EXPECT_THAT(At(path), testing::AnyOf("none", "<!doctype html>first page")) << path;
  }
}

TEST_F(WebPagesTest, GzippedForThoseWhoTakeIt) {
  const auto gzipped = pages_.Find("/assets/main-3f79bb7b.js", "br, gzip", "");
  EXPECT_EQ(*gzipped->body, "gzipped bytes");
  EXPECT_THAT(gzipped->headers, AllOf(Contains(Pair("Content-Encoding", "gzip")),
                                      Contains(Pair("Vary", "Accept-Encoding")),
                                      Contains(Pair("Content-Type", HasSubstr("javascript")))));
  const auto plain = pages_.Find("/assets/main-3f79bb7b.js", "br", "");
  EXPECT_EQ(*plain->body, "start()");
  EXPECT_THAT(plain->headers, Not(Contains(Key("Content-Encoding"))));
  EXPECT_EQ(At("/logo.svg", "gzip"), "<svg/>");  // There is none.
  EXPECT_EQ(At("/assets/main-3f79bb7b.js", "gzip;q=0"), "start()");
  EXPECT_EQ(At("/assets/main-3f79bb7b.js.gz"), "none");
  EXPECT_EQ(At("/alone.gz"), "none");
}

TEST_F(WebPagesTest, WhoHasItAlreadyIsToldSo) {
  const auto first = pages_.Find("/logo.svg", "", "");
  std::string etag;
  for (const auto& [name, value] : first->headers) {
    if (name == "ETag") etag = value;
  }
  ASSERT_FALSE(etag.empty());
  for (const std::string& held :
       {etag, absl::StrCat("W/", etag), absl::StrCat("\"other\", ", etag)}) {
    const auto again = pages_.Find("/logo.svg", "", held);
    EXPECT_EQ(again->status, 304u) << held;
    EXPECT_EQ(again->body, nullptr);
    EXPECT_THAT(again->headers, Contains(Pair("ETag", etag)));
  }
  EXPECT_EQ(pages_.Find("/logo.svg", "", "\"other\"")->status, 200u);
}

TEST_F(WebPagesTest, WhatIsNamedByItsContentIsKeptForEver) {
  EXPECT_THAT(pages_.Find("/assets/main-3f79bb7b.js", "", "")->headers,
              Contains(Pair("Cache-Control", HasSubstr("immutable"))));
  for (const char* path : {"/", "/logo.svg", "/khoi/khoi-thi-dua-4"}) {
    EXPECT_THAT(pages_.Find(path, "", "")->headers, Contains(Pair("Cache-Control", "no-cache")));
  }
}

TEST_F(WebPagesTest, PagesHaveTheirPolicy) {
  EXPECT_THAT(pages_.Find("/khoi/x", "", "")->headers,
              Contains(Pair("Content-Security-Policy", HasSubstr("default-src 'none'"))));
}

TEST_F(WebPagesTest, WithoutAFolderThereIsNothingToServe) {
  EXPECT_TRUE(absl::IsNotFound(WebPages::Read(folder_ / "nowhere").status()));
}

}  // namespace
}  // namespace thidua::portal
