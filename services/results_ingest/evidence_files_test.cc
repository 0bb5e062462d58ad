#include "services/results_ingest/evidence_files.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"
#include "services/results_ingest/schema.h"
#include "services/storage/database.h"
#include "services/storage/failing_disk_testlib.h"

namespace thidua::results_ingest {
namespace {

using storage::FailingCalls;
using storage::OnFailingDisk;

class EvidenceFilesTest : public testing::Test {
 protected:
  EvidenceFilesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-evidence-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto files = EvidenceFiles::Open(folder_ / "evidence");
    EXPECT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
  }
  ~EvidenceFilesTest() override { std::filesystem::remove_all(folder_); }

  absl::Status Take(const std::string& bytes) {
    ASSIGN_OR_RETURN(const auto incoming, files_->Receive(platform::Sha256Hex(bytes),
                                                          static_cast<int64_t>(bytes.size())));
    RETURN_IF_ERROR(incoming->Append(bytes));
    return incoming->Keep();
  }

  absl::Status Read(const std::string& bytes) {
    std::string read;
    RETURN_IF_ERROR(files_->Read(platform::Sha256Hex(bytes), static_cast<int64_t>(bytes.size()),
                                 [&read](const std::string& block) {
                                   read += block;
                                   return absl::OkStatus();
                                 }));
    EXPECT_EQ(read, bytes);
    return absl::OkStatus();
  }

  int FilesThere() const {
    int there = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "evidence")) {
      if (entry.is_regular_file()) ++there;
    }
    return there;
  }

  std::filesystem::path folder_;
  std::unique_ptr<EvidenceFiles> files_;
};

struct Fault {
  const char* name;
  FailingCalls failing;
  absl::StatusCode code;
};
const Fault kFaults[] = {
    {"no fsync comes to pass", {storage::kSyncs, EIO}, absl::StatusCode::kUnavailable},
    {"no writing comes to pass", {storage::kWrites, EIO}, absl::StatusCode::kUnavailable},
    {"the disk is full", {storage::kWrites, ENOSPC}, absl::StatusCode::kResourceExhausted},
};

// Who asks again on the one's word has to ask again on the other's.
TEST_F(EvidenceFilesTest, WhatTheDiskRefusesIsAnsweredAsTheStoreBesideItAnswers) {
  const auto store = storage::Database::Open((folder_ / "store.db").string(), Schema());
  ASSERT_TRUE(store.ok()) << store.status();
  for (const Fault& fault : kFaults) {
    absl::Status of_files, of_store;
    OnFailingDisk(fault.failing, [&] {
      of_files = Take("%PDF-1");
      of_store = (*store)->Write(
          [](storage::Transaction& transaction) { return transaction.NextSequence().status(); });
    });
    EXPECT_EQ(of_files.code(), fault.code) << fault.name << ": " << of_files;
    EXPECT_EQ(of_store.code(), fault.code) << fault.name << ": " << of_store;
  }
}

TEST_F(EvidenceFilesTest, WhatTheDiskRefusesLeavesNothingAndIsTakenWhenItIsMended) {
  for (const Fault& fault : kFaults) {
    OnFailingDisk(fault.failing, [&] { EXPECT_FALSE(Take("%PDF-1").ok()) << fault.name; });
    EXPECT_EQ(FilesThere(), 0) << fault.name;
    EXPECT_TRUE(absl::IsDataLoss(Read("%PDF-1"))) << fault.name;
  }
  EXPECT_TRUE(Take("%PDF-1").ok());
  // Nor does it cost what is there.
  for (const Fault& fault : kFaults) {
    OnFailingDisk(fault.failing, [&] { EXPECT_FALSE(Take("%PDF-1").ok()) << fault.name; });
    EXPECT_EQ(FilesThere(), 1) << fault.name;
    EXPECT_TRUE(Read("%PDF-1").ok()) << fault.name;
  }
}

TEST_F(EvidenceFilesTest, WithoutADescriptorTheyAreToBeAskedAgain) {
  absl::Status taken, read;
  ASSERT_TRUE(Take("%PDF-1").ok());
  OnFailingDisk({{SYS_openat}, EMFILE}, [&] {
    taken = Take("%PDF-2");
    read = Read("%PDF-1");
  });
  EXPECT_EQ(taken.code(), absl::StatusCode::kUnavailable) << taken;
  EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable) << read;
}

}  // namespace
}  // namespace thidua::results_ingest
