#include "services/platform/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"
#include "services/domain/fault.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using domain::FaultsOf;
using domain::FaultsToStatus;
using testing::HasSubstr;
using testing::Not;

template <typename Detail>
bool FindDetail(const grpc::Status& status, Detail& detail) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&detail)) return true;
  }
  return false;
}

// What the status weighs in the trailers of a peer that knows no binary metadata: base64, and a
// message percent-encoded byte for byte.
size_t HeaderBytes(const grpc::Status& status) {
  return absl::Base64Escape(status.error_details()).size() + 3 * status.error_message().size();
}
// gRPC's own bound, less the trailers' names and what else stands there.
constexpr size_t kHeaderBytesMax = 8192 - 256;

TEST(ErrorsTest, FaultsComeBackAsTheyWent) {
  const std::vector<Fault> kFaults[] = {
      {{"rows[17].actual", "NUMBER_UNREADABLE", "Không đọc được số “17.89.3”."}},
      {{"rows[0].target", "TARGET_UNKNOWN", "Không có chỉ tiêu này."},
       {"rows[1]", "DUPLICATE", "Ghi hai lần: chỉ tiêu 4."},  // ": " within the sentence.
       {"period", "REQUIRED", "Thiếu kỳ."}},
      {{"", "PACT_UNKNOWN", "Không có giao ước này."}},
  };
  for (const auto& faults : kFaults) {
    const absl::Status back = FromGrpcStatus(ToGrpcStatus(FaultsToStatus(faults)));
    EXPECT_EQ(back.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FaultsOf(back), faults);
  }
}

TEST(ErrorsTest, TheCodeComesBackAsItWent) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = Refusal(static_cast<absl::StatusCode>(code), "", "PACT_IN_FORCE", "Đã ký.");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
    const absl::Status bare(static_cast<absl::StatusCode>(code), "bare");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(bare)).code(), bare.code());
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(ErrorsTest, AMachineAnIntegratorAndAnOfficialEachFindTheirs) {
  const grpc::Status status =
      ToGrpcStatus(FaultsToStatus({{"rows[3].actual", "OUT_OF_RANGE", "Số liệu không thể âm."},
                                   {"", "PERIOD_CLOSED", "Kỳ báo cáo đã đóng."}}));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(FindDetail(status, info));
  EXPECT_EQ(info.domain(), "thidua");
  EXPECT_EQ(info.reason(), "OUT_OF_RANGE");
  EXPECT_TRUE(info.metadata().empty());
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(FindDetail(status, bad_request));
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "rows[3].actual");
  EXPECT_EQ(bad_request.field_violations(0).description(), "OUT_OF_RANGE: Số liệu không thể âm.");
  google::rpc::LocalizedMessage localized;
  ASSERT_TRUE(FindDetail(status, localized));
  EXPECT_EQ(localized.locale(), "vi");
  EXPECT_EQ(localized.message(), "Số liệu không thể âm. Kỳ báo cáo đã đóng.");
}

TEST(ErrorsTest, WhatWentWrongInsideIsNotTold) {
  for (const auto code : {absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
                          absl::StatusCode::kDataLoss, absl::StatusCode::kUnavailable,
                          absl::StatusCode::kResourceExhausted, absl::StatusCode::kNotFound}) {
    const grpc::Status status =
        ToGrpcStatus(absl::Status(code, "SELECT secret FROM /var/lib/thidua/registry.db"));
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(code));
    for (const std::string& told : {status.error_message(), status.error_details()}) {
      EXPECT_THAT(told, Not(HasSubstr("secret")));
      EXPECT_THAT(told, Not(HasSubstr("/var/lib")));
    }
    google::rpc::LocalizedMessage localized;
    ASSERT_TRUE(FindDetail(status, localized));
    EXPECT_FALSE(localized.message().empty());
  }
}

TEST(ErrorsTest, UnavailableSaysWhenToComeAgain) {
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(FindDetail(ToGrpcStatus(absl::UnavailableError("busy")), retry));
  EXPECT_GT(retry.retry_delay().nanos(), 0);
  EXPECT_EQ(retry.retry_delay().seconds(), 0);
  ASSERT_TRUE(FindDetail(
      ToGrpcStatus(Refusal(absl::StatusCode::kUnavailable, "", "STOPPING", "Đang dừng.")), retry));
  EXPECT_FALSE(FindDetail(ToGrpcStatus(absl::InternalError("broken")), retry));
  EXPECT_FALSE(FindDetail(ToGrpcStatus(absl::InvalidArgumentError("wrong")), retry));
}

TEST(ErrorsTest, ARefusalMaySayWhenToComeAgain) {
  const struct {
    absl::Duration delay;
    absl::Duration told;
  } kDelays[] = {
      {absl::Milliseconds(70), absl::Milliseconds(70)},
      {absl::Nanoseconds(1), absl::Milliseconds(1)},
      {absl::Milliseconds(61'250), absl::Milliseconds(61'250)},
  };
  for (const auto& [delay, told] : kDelays) {
    for (const auto code : {absl::StatusCode::kResourceExhausted, absl::StatusCode::kUnavailable}) {
      const absl::Status refusal = Refusal(code, "", "TOO_MANY_CALLS", "Xin chờ.");
      const grpc::Status status = ToGrpcStatus(AskAgainAfter(delay, refusal));
      EXPECT_EQ(RetryDelayOf(status), told);
      EXPECT_EQ(FromGrpcStatus(status), refusal);
    }
  }
}

TEST(ErrorsTest, TheOtherSidesDelayIsRead) {
  const absl::Duration delay = RetryDelayOf(ToGrpcStatus(absl::UnavailableError("busy")));
  EXPECT_GT(delay, absl::ZeroDuration());
  EXPECT_LT(delay, absl::Seconds(1));
  EXPECT_EQ(RetryDelayOf(ToGrpcStatus(absl::InternalError("broken"))), absl::ZeroDuration());
  EXPECT_EQ(RetryDelayOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, "", "\xff")),
            absl::ZeroDuration());
}

TEST(ErrorsTest, ManyFaultsFitTheHeadersAndSayHowManyThereAre) {
  std::string sentence;
  for (int repeats = 1; repeats <= 24; repeats += 1) {
    absl::StrAppend(&sentence, "Số liệu không đọc được. ");
    SCOPED_TRACE(repeats);
    std::vector<Fault> faults;
    for (int i = 0; i < 10'000; ++i) {
      faults.push_back({absl::StrCat("rows[", i, "].actual"), "NUMBER_UNREADABLE", sentence});
    }
    const grpc::Status status = ToGrpcStatus(FaultsToStatus(faults));
    EXPECT_LT(HeaderBytes(status), kHeaderBytesMax);
    google::rpc::ErrorInfo info;
    ASSERT_TRUE(FindDetail(status, info));
    EXPECT_EQ(info.metadata().at("faults_total"), "10000");
    const std::vector<Fault> told = FaultsOf(FromGrpcStatus(status));
    ASSERT_GE(told.size(), 1u);
    EXPECT_EQ(told[0], faults[0]);
    EXPECT_EQ(told.back(), faults[told.size() - 1]);
  }
}

TEST(ErrorsTest, ALongPathIsCutBetweenCharacters) {
  std::string path;
  while (path.size() < 300) path += "ệ";
  const grpc::Status status = ToGrpcStatus(Fault{path, "TOO_DEEP", "Sâu quá."}.ToStatus());
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(FindDetail(status, bad_request)) << "protobuf refuses half a character";
  EXPECT_LT(bad_request.field_violations(0).field().size(), 210u);
  EXPECT_THAT(bad_request.field_violations(0).field(), HasSubstr("ệ…"));
}

TEST(ErrorsTest, TakesTheStatusOfAStranger) {
  for (const char* details : {"", "\xff\xff no google.rpc.Status"}) {
    const absl::Status status =
        FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused", details));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(status.message(), "connection refused");
    EXPECT_TRUE(FaultsOf(status).empty());
  }
}

}  // namespace
}  // namespace thidua::platform
