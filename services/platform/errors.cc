#include "services/platform/errors.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"
#include "services/domain/fault.h"
#include "services/platform/log.h"

namespace thidua::platform {
namespace {

// A caller that keeps to this pace neither hammers a service that is starting nor waits long.
constexpr int64_t kRetryDelayMs = 200;
// How AskAgainAfter says it: milliseconds.
constexpr char kDelayUrl[] = "thidua/ask-again-after";
// HTTP/2 metadata is bounded (8 KiB by default), and some peers take the details as base64 only:
// beyond this many faults, the first speak for all.
constexpr size_t kDetailBytesMax = 5500;
// What one fault weighs beside its texts.
constexpr size_t kFaultOverhead = 16;

std::string Cut(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "…");
}

// 0: nothing is known of it.
int64_t RetryDelayMs(const absl::Status& status) {
  int64_t delay = 0;
  const auto said = status.GetPayload(kDelayUrl);
  if (said.has_value() && absl::SimpleAtoi(std::string(*said), &delay)) return delay;
  return status.code() == absl::StatusCode::kUnavailable ? kRetryDelayMs : 0;
}

// What is told of a status that carries no fault: the code's own name and a plain sentence.
domain::Fault GeneralFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return {"", "UNAVAILABLE", "Dịch vụ tạm thời chưa sẵn sàng; vui lòng thử lại sau giây lát."};
    case absl::StatusCode::kDeadlineExceeded:
      return {"", "DEADLINE_EXCEEDED", "Quá thời gian chờ; vui lòng thử lại."};
    case absl::StatusCode::kResourceExhausted:
      return {"", "RESOURCE_EXHAUSTED", "Hệ thống đã hết tài nguyên để nhận yêu cầu này."};
    case absl::StatusCode::kUnimplemented:
      return {"", "UNIMPLEMENTED", "Dịch vụ không có chức năng này."};
    case absl::StatusCode::kCancelled:
      return {"", "CANCELLED", "Yêu cầu đã bị hủy."};
    default:
      return {"", "INTERNAL", "Lỗi bên trong hệ thống; sự việc đã được ghi lại."};
  }
}

}  // namespace

absl::Status SignInEnded() {
  return Refusal(absl::StatusCode::kUnauthenticated, "", "TOKEN_EXPIRED",
                 "Phiên đăng nhập đã hết hạn; vui lòng đăng nhập lại.");
}

absl::Status Refusal(absl::StatusCode code, absl::string_view path, absl::string_view reason,
                     absl::string_view vietnamese_sentence) {
  return domain::Fault{std::string(path), std::string(reason), std::string(vietnamese_sentence)}
      .ToStatus(code);
}

absl::Status AskAgainAfter(absl::Duration delay, absl::Status refusal) {
  const int64_t ms = absl::ToInt64Milliseconds(absl::Ceil(delay, absl::Milliseconds(1)));
  refusal.SetPayload(kDelayUrl, absl::Cord(absl::StrCat(ms)));
  return refusal;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::vector<domain::Fault> faults = domain::FaultsOf(status);
  if (faults.empty()) {
    // What callers are not told is for those who run the service.
    if (status.code() != absl::StatusCode::kCancelled) {
      LogOfCaller(CallersLine::kFailure, Severity::kError, status.ToString());
    }
    faults.push_back(GeneralFault(status.code()));
  }

  google::rpc::ErrorInfo info;
  info.set_reason(faults[0].reason);
  info.set_domain("thidua");
  google::rpc::BadRequest bad_request;
  google::rpc::LocalizedMessage localized;
  localized.set_locale("vi");
  std::vector<std::string> sentences;
  // The first is told once more in the status' message, which goes percent-encoded.
  size_t bytes = 4 * faults[0].message.size();
  for (const domain::Fault& fault : faults) {
    bytes += 2 * fault.message.size() + fault.path.size() + fault.reason.size() + kFaultOverhead;
    if (bytes > kDetailBytesMax && !sentences.empty()) {
      (*info.mutable_metadata())["faults_total"] = absl::StrCat(faults.size());
      break;
    }
    sentences.push_back(fault.message);
    if (fault.path.empty()) continue;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(Cut(fault.path, 200));
    violation->set_description(absl::StrCat(fault.reason, ": ", fault.message));
  }
  localized.set_message(absl::StrJoin(sentences, " "));

  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  const domain::Fault& first = faults[0];
  details.set_message(absl::StrCat(first.reason, first.path.empty() ? "" : " at ",
                                   Cut(first.path, 200), ": ", first.message));
  details.add_details()->PackFrom(info);
  if (bad_request.field_violations_size() > 0) details.add_details()->PackFrom(bad_request);
  details.add_details()->PackFrom(localized);
  if (const int64_t delay = RetryDelayMs(status); delay > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(delay / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay % 1000) * 1000 * 1000);
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) {
    return absl::Status(code, status.error_message());
  }
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::LocalizedMessage localized;
  for (const auto& any : details.details()) {
    if (any.Is<google::rpc::ErrorInfo>()) {
      any.UnpackTo(&info);
    } else if (any.Is<google::rpc::BadRequest>()) {
      any.UnpackTo(&bad_request);
    } else if (any.Is<google::rpc::LocalizedMessage>()) {
      any.UnpackTo(&localized);
    }
  }
  std::vector<domain::Fault> faults;
  for (const auto& violation : bad_request.field_violations()) {
    const std::string& description = violation.description();
    const size_t colon = description.find(": ");
    faults.push_back(colon == std::string::npos
                         ? domain::Fault{violation.field(), info.reason(), description}
                         : domain::Fault{violation.field(), description.substr(0, colon),
                                         description.substr(colon + 2)});
  }
  if (faults.empty()) faults.push_back({"", info.reason(), localized.message()});
  return domain::FaultsToStatus(faults, code);
}

absl::Duration RetryDelayOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return absl::ZeroDuration();
  for (const auto& any : details.details()) {
    google::rpc::RetryInfo retry;
    if (!any.Is<google::rpc::RetryInfo>() || !any.UnpackTo(&retry)) continue;
    return absl::Seconds(retry.retry_delay().seconds()) +
           absl::Nanoseconds(retry.retry_delay().nanos());
  }
  return absl::ZeroDuration();
}

}  // namespace thidua::platform
