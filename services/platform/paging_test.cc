#include "services/platform/paging.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::platform {
namespace {

using registry::v1::ListUnitsRequest;

TEST(PagingTest, SizesAreBounded) {
  const struct {
    int32_t asked;
    int64_t served;
  } kCases[] = {{0, 100}, {1, 1}, {1000, 1000}, {1001, 1000}, {INT32_MAX, 1000}};
  for (const auto& c : kCases) EXPECT_EQ(*PageSize(c.asked), c.served) << c.asked;
  EXPECT_EQ(domain::FaultsOf(PageSize(-1).status())[0].reason, "OUT_OF_RANGE");
}

TEST(PagingTest, ATokenSaysWhereThePageGoesOnAndWhichStateItShows) {
  ListUnitsRequest request;
  EXPECT_EQ(ReadPageToken(request, {7, "2025-02-24", ""})->sequence, 7) << "the first page";
  request.set_page_token(NextPageToken(request, {7, "2025-02-24", "so-y-te"}));
  request.set_page_size(3);  // Pages of one list may differ in size.
  const auto start = ReadPageToken(request, {9, "2025-02-25", ""});
  ASSERT_TRUE(start.ok()) << start.status();
  EXPECT_EQ(start->sequence, 7);
  EXPECT_EQ(start->day, "2025-02-24");
  EXPECT_EQ(start->last, "so-y-te");
}

TEST(PagingTest, AKeyMayHoldAnything) {
  ListUnitsRequest request;
  request.set_page_token(NextPageToken(request, {7, "", "a\nb\n"}));
  EXPECT_EQ(ReadPageToken(request, {7, "", ""})->last, "a\nb\n");
}

TEST(PagingTest, ATokenOfAnotherListIsRefused) {
  ListUnitsRequest all, boards;
  boards.set_kind(registry::v1::Unit::KIND_BOARD);
  registry::v1::ListBlocsRequest blocs;
  const std::string token = NextPageToken(all, {7, "", "so-y-te"});
  boards.set_page_token(token);
  blocs.set_page_token(token);
  for (const google::protobuf::Message* request :
       {static_cast<google::protobuf::Message*>(&boards),
        static_cast<google::protobuf::Message*>(&blocs)}) {
    EXPECT_EQ(domain::FaultsOf(ReadPageToken(*request, {7, "", ""}).status())[0].reason,
              "PAGE_TOKEN_UNKNOWN");
  }
}

TEST(PagingTest, AnInventedTokenOrOneOfAStateToComeIsRefused) {
  ListUnitsRequest request;
  for (const std::string& token :
       {std::string("!"), std::string("bm8"), absl::WebSafeBase64Escape("a\nb\nc\nd"),
        NextPageToken(request, {8, "", "so-y-te"}), NextPageToken(request, {7, "", "so-\xff"}),
        NextPageToken(request, {7, "", "so-\xc3"})}) {
    request.set_page_token(token);
    EXPECT_FALSE(ReadPageToken(request, {7, "", ""}).ok()) << token;
  }
}

TEST(PagingTest, AListByNumbersGoesOnAfterTheOneShownLast) {
  EXPECT_EQ(*LastNumber({7, "", ""}, 42), 42);
  EXPECT_EQ(*LastNumber({7, "", "1"}, 42), 1);
  EXPECT_EQ(*LastNumber({7, "", "9223372036854775807"}, 42), INT64_MAX);
  for (const char* invented : {"x", "0", "-5", " 7", "+7", "07", "7 ", "9223372036854775808"}) {
    EXPECT_EQ(domain::FaultsOf(LastNumber({7, "", invented}, 42).status())[0].reason,
              "PAGE_TOKEN_UNKNOWN")
        << invented;
  }
}

TEST(PagingTest, AnotherSpellingOfATokenIsRefused) {
  ListUnitsRequest request;
  const std::string token = NextPageToken(request, {7, "", "a"});
  std::string text;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &text));
  const std::string list = text.substr(0, text.find('\n'));
  const auto spelt = [&list](absl::string_view sequence) {
    return absl::WebSafeBase64Escape(absl::StrCat(list, "\n", sequence, "\n\na"));
  };
  request.set_page_token(spelt("7"));
  ASSERT_TRUE(ReadPageToken(request, {7, "", ""}).ok());
  for (const std::string& other :
       {spelt(" 7"), spelt("7 "), spelt("+7"), spelt("07"), spelt("-7"), spelt("-0"),
        absl::StrCat(token, "="), absl::StrCat(token, "\n")}) {
    request.set_page_token(other);
    EXPECT_FALSE(ReadPageToken(request, {7, "", ""}).ok()) << other;
  }
}

}  // namespace
}  // namespace thidua::platform
