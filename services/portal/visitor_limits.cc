#include "services/portal/visitor_limits.h"

#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/platform/errors.h"

ABSL_FLAG(int, visitor_streams, thidua::portal::VisitorLimitsConfig().streams,
          "event streams of all who bring no token, at a time; below --streams_per_caller of the "
          "services, for to them these are all the portal");
ABSL_FLAG(int, visitor_streams_per_address,
          thidua::portal::VisitorLimitsConfig().streams_per_address,
          "those of one address; without meaning under --https_ends_before");
ABSL_FLAG(int, visitor_calls, thidua::portal::VisitorLimitsConfig().calls,
          "calls of all who bring no token, at a time; below --calls_under_way_per_caller");

namespace thidua::portal {
namespace {

using boost::asio::ip::address;
using platform::CallerLimits;
using platform::CallerLimitsConfig;

constexpr platform::Rate kAnyRate{0, 1};
constexpr char kEverybody[] = "";
// Nobody knows when one that is under way ends.
constexpr absl::Duration kUntilOneEnds = absl::Seconds(1);

CallerLimitsConfig OfAll(const VisitorLimitsConfig& config) {
  CallerLimitsConfig of_all;
  of_all.calls = kAnyRate;
  of_all.calls_at_a_time = config.calls;
  of_all.streams_at_a_time = config.streams;
  return of_all;
}

CallerLimitsConfig OfAddresses(const VisitorLimitsConfig& config) {
  CallerLimitsConfig of_addresses;
  of_addresses.calls = kAnyRate;
  of_addresses.streams_at_a_time = config.streams_per_address;
  of_addresses.refusals = config.refusals;
  return of_addresses;
}

// As the services' limits call it: without the port, and of IPv6 the network.
std::string AddressOf(const address& peer) {
  const std::string text = peer.to_string();
  return platform::AddressOfPeer(peer.is_v6() ? absl::StrCat("ipv6:[", text, "]:0")
                                              : absl::StrCat("ipv4:", text, ":0"));
}

absl::Status TooMany(absl::string_view reason, absl::string_view sentence) {
  return platform::AskAgainAfter(
      kUntilOneEnds, platform::Refusal(absl::StatusCode::kResourceExhausted, "", reason, sentence));
}

}  // namespace

absl::StatusOr<VisitorLimitsConfig> VisitorLimitsConfig::FromFlags(const platform::Rate& refusals) {
  VisitorLimitsConfig config;
  config.streams = absl::GetFlag(FLAGS_visitor_streams);
  config.streams_per_address = absl::GetFlag(FLAGS_visitor_streams_per_address);
  config.calls = absl::GetFlag(FLAGS_visitor_calls);
  if (config.streams < 1 || config.streams_per_address < 1 || config.calls < 1) {
    return absl::InvalidArgumentError("a --visitor_… flag is below 1");
  }
  config.refusals = refusals;
  return config;
}

VisitorLimits::VisitorLimits(const VisitorLimitsConfig& config)
    : behind_proxy_(config.behind_proxy),
      of_all_(OfAll(config)),
      of_addresses_(OfAddresses(config)) {}

absl::StatusOr<VisitorLimits::Hold> VisitorLimits::EnterStream(const address& peer) {
  Hold hold;
  if (!behind_proxy_) {
    auto of_address = of_addresses_.Enter(AddressOf(peer), CallerLimits::kStream);
    if (!of_address.ok()) {
      return TooMany("TOO_MANY_STREAMS",
                     "Từ địa chỉ này đang mở quá nhiều luồng theo dõi mà chưa đăng nhập; vui lòng "
                     "đóng bớt hoặc đăng nhập rồi thử lại.");
    }
    hold.of_address = *std::move(of_address);
  }
  auto of_all = of_all_.Enter(kEverybody, CallerLimits::kStream);
  if (!of_all.ok()) {
    return TooMany("TOO_MANY_STREAMS",
                   "Cổng đang phục vụ quá nhiều luồng theo dõi của người chưa đăng nhập; vui lòng "
                   "chờ giây lát hoặc đăng nhập rồi thử lại.");
  }
  hold.of_all = *std::move(of_all);
  return hold;
}

absl::StatusOr<VisitorLimits::Hold> VisitorLimits::EnterCall() {
  auto of_all = of_all_.Enter(kEverybody, CallerLimits::kCall);
  if (!of_all.ok()) {
    return TooMany("TOO_MANY_CALLS",
                   "Cổng đang xử lý quá nhiều yêu cầu của người chưa đăng nhập cùng lúc; vui lòng "
                   "chờ giây lát hoặc đăng nhập rồi thử lại.");
  }
  Hold hold;
  hold.of_all = *std::move(of_all);
  return hold;
}

absl::Status VisitorLimits::CheckCredentials(const address& peer) {
  if (behind_proxy_) return absl::OkStatus();
  return of_addresses_.CheckCredentials([&peer] { return AddressOf(peer); });
}

void VisitorLimits::CountRefusal(const address& peer) {
  if (!behind_proxy_) of_addresses_.CountRefusal(AddressOf(peer));
}

}  // namespace thidua::portal
