#include "services/access/followed_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/access/token_testlib.h"

namespace thidua::access {
namespace {

// What the look told; "(same)" for nothing.
std::string Told(FollowedFile& file) {
  const auto text = file.Look();
  if (!text.ok()) return text.status().ToString();
  return text->value_or("(same)");
}

void WriteInPlace(const std::filesystem::path& file, absl::string_view text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

TEST(FollowedFileTest, TellsEachContentOnce) {
  const TestFolder folder;
  const auto path = folder / "a";
  FollowedFile file(path, 100);
  EXPECT_TRUE(absl::IsNotFound(file.Look().status()));
  WriteAnew(path, "one");
  EXPECT_EQ(Told(file), "one");
  EXPECT_EQ(Told(file), "(same)");
  WriteAnew(path, "two");
  EXPECT_EQ(Told(file), "two");
  WriteAnew(path, "two");
  EXPECT_EQ(Told(file), "(same)");
  std::filesystem::remove(path);
  EXPECT_TRUE(absl::IsNotFound(file.Look().status()));
  WriteAnew(path, "two");
  EXPECT_EQ(Told(file), "(same)");
  WriteAnew(path, "");
  EXPECT_EQ(Told(file), "");
}

// Each of the same length, and as fast as can be: within one tick of a file system's clock.
TEST(FollowedFileTest, SeesWhatIsWrittenInPlaceAtOnce) {
  const TestFolder folder;
  const auto path = folder / "a";
  FollowedFile file(path, 100);
  for (int i = 100; i < 300; ++i) {
    WriteInPlace(path, absl::StrCat(i));
    ASSERT_EQ(Told(file), absl::StrCat(i));
  }
}

TEST(FollowedFileTest, ATimeSetBackHidesNothing) {
  const TestFolder folder;
  const auto path = folder / "a";
  WriteAnew(path, "one");
  FollowedFile file(path, 100);
  EXPECT_EQ(Told(file), "one");
  const utimbuf long_ago = {1000, 1000};
  ASSERT_EQ(utime(path.c_str(), &long_ago), 0);
  EXPECT_EQ(Told(file), "(same)");
  WriteInPlace(path, "two");
  ASSERT_EQ(utime(path.c_str(), &long_ago), 0);
  EXPECT_EQ(Told(file), "two");
}

TEST(FollowedFileTest, FollowsALinkThatIsTurned) {
  const TestFolder folder;
  WriteAnew(folder / "one", "one");
  WriteAnew(folder / "two", "two");
  std::filesystem::create_symlink("one", folder / "link");
  FollowedFile file(folder / "link", 100);
  EXPECT_EQ(Told(file), "one");
  std::filesystem::create_symlink("two", folder / "link.new");
  std::filesystem::rename(folder / "link.new", folder / "link");
  EXPECT_EQ(Told(file), "two");
}

TEST(FollowedFileTest, WhatIsNotAFileOfThatSizeIsAnError) {
  const TestFolder folder;
  WriteAnew(folder / "large", std::string(101, 'a'));
  FollowedFile large(folder / "large", 100);
  EXPECT_TRUE(absl::IsResourceExhausted(large.Look().status()));
  WriteAnew(folder / "large", std::string(100, 'a'));
  EXPECT_EQ(Told(large), std::string(100, 'a'));

  std::filesystem::create_directory(folder / "folder");
  FollowedFile directory(folder / "folder", 100);
  EXPECT_TRUE(absl::IsFailedPrecondition(directory.Look().status()));

  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  FollowedFile pipe(folder / "pipe", 100);
  EXPECT_TRUE(absl::IsFailedPrecondition(pipe.Look().status())) << "and does not wait for it";
}

}  // namespace
}  // namespace thidua::access
