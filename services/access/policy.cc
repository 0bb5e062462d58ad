#include "services/access/policy.h"

#include <curl/curl.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"

namespace thidua::access {
namespace {

using domain::Fault;

constexpr char kAnyone[] = "anyone";
constexpr size_t kIssuerBytesMax = 255;
constexpr int kSkewSecondsMax = 300;

class SyntaxFaults : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    faults_.push_back({absl::StrCat("line ", line + 1, ", column ", column + 1),
                       "POLICY_UNREADABLE",
                       absl::StrCat("Không đọc được tệp chính sách: ", message)});
  }
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

bool HoldsInBlocs(v1::Role role) {
  return role == v1::ROLE_REPORTER || role == v1::ROLE_LEADER || role == v1::ROLE_WATCHER;
}

bool IsNameIn(absl::string_view collection, absl::string_view name) {
  return absl::ConsumePrefix(&name, collection) && !domain::CheckIdentifier("", name);
}

// Such as ends unmistakably where "|" begins what follows it in a caller's name.
bool IsIssuerName(absl::string_view issuer) {
  return !issuer.empty() && issuer.size() <= kIssuerBytesMax &&
         std::all_of(issuer.begin(), issuer.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '|'; });
}

// The part of an address; empty: it has none.
std::string PartOf(CURLU* address, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(address, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// https, or http that does not leave the machine; no password, which logs would show.
bool IsAddressOfKeys(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> address(curl_url(), curl_url_cleanup);
  if (curl_url_set(address.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  if (!PartOf(address.get(), CURLUPART_USER).empty() ||
      !PartOf(address.get(), CURLUPART_PASSWORD).empty()) {
    return false;
  }
  const std::string scheme = PartOf(address.get(), CURLUPART_SCHEME);
  const std::string host = PartOf(address.get(), CURLUPART_HOST);
  if (scheme == "https") return true;
  return scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

class Check {
 public:
  explicit Check(const v1::Policy& policy) : policy_(policy) {}

  std::vector<Fault> All() {
    for (int i = 0; i < policy_.issuers_size(); ++i) {
      CheckIssuer(absl::StrCat("issuers[", i, "]"), policy_.issuers(i));
    }
    if (policy_.members().empty()) {
      Add("members", "REQUIRED", "Chính sách phải có ít nhất một thành viên.");
    }
    for (int i = 0; i < policy_.members_size(); ++i) {
      CheckMember(absl::StrCat("members[", i, "]"), policy_.members(i));
    }
    return std::move(faults_);
  }

 private:
  void Add(std::string path, std::string reason, std::string sentence) {
    faults_.push_back({std::move(path), std::move(reason), std::move(sentence)});
  }

  void CheckIssuer(const std::string& at, const v1::Issuer& issuer) {
    if (!IsIssuerName(issuer.issuer())) {
      Add(absl::StrCat(at, ".issuer"), "ISSUER_INVALID",
          absl::StrCat("Tên bên phát hành thẻ gồm 1 đến ", kIssuerBytesMax,
                       " ký tự ASCII, không có dấu cách và dấu \"|\"."));
    } else if (!issuers_.insert(issuer.issuer()).second) {
      Add(absl::StrCat(at, ".issuer"), "ISSUER_REPEATED", "Bên phát hành này đã được khai báo.");
    }
    if (issuer.audiences().empty()) {
      Add(absl::StrCat(at, ".audiences"), "REQUIRED", "Cần ít nhất một đối tượng nhận thẻ (aud).");
    }
    for (int i = 0; i < issuer.audiences_size(); ++i) {
      if (issuer.audiences(i).empty()) {
        Add(absl::StrCat(at, ".audiences[", i, "]"), "REQUIRED", "Không được để trống.");
      }
    }
    switch (issuer.keys_case()) {
      case v1::Issuer::kJwksFile:
        if (issuer.jwks_file().empty()) {
          Add(absl::StrCat(at, ".jwks_file"), "REQUIRED", "Không được để trống.");
        }
        break;
      case v1::Issuer::kJwksUrl:
        if (!IsAddressOfKeys(issuer.jwks_url())) {
          Add(absl::StrCat(at, ".jwks_url"), "ADDRESS_INVALID",
              "Cần một địa chỉ https không có mật khẩu; http chỉ dùng được trên chính máy này "
              "(localhost, 127.0.0.1, [::1]).");
        }
        break;
      case v1::Issuer::KEYS_NOT_SET:
        Add(absl::StrCat(at, ".keys"), "REQUIRED", "Cần jwks_file hoặc jwks_url.");
        break;
    }
    if (issuer.clock_skew_seconds() < 0 || issuer.clock_skew_seconds() > kSkewSecondsMax) {
      Add(absl::StrCat(at, ".clock_skew_seconds"), "OUT_OF_RANGE",
          absl::StrCat("Độ lệch đồng hồ từ 0 đến ", kSkewSecondsMax, " giây."));
    }
  }

  void CheckMember(const std::string& at, const v1::Member& member) {
    bool anyone = false;
    if (member.callers().empty()) {
      Add(absl::StrCat(at, ".callers"), "REQUIRED", "Cần ít nhất một người gọi.");
    }
    for (int i = 0; i < member.callers_size(); ++i) {
      CheckCaller(absl::StrCat(at, ".callers[", i, "]"), member.callers(i));
      anyone = anyone || member.callers(i) == kAnyone;
    }
    for (int i = 0; i < member.units_size(); ++i) {
      if (!IsNameIn("units/", member.units(i))) {
        Add(absl::StrCat(at, ".units[", i, "]"), "RESOURCE_NAME_INVALID",
            "Tên đơn vị có dạng units/{đơn vị}.");
      }
    }
    if (member.grants().empty()) {
      Add(absl::StrCat(at, ".grants"), "REQUIRED", "Cần ít nhất một vai trò.");
    }
    for (int i = 0; i < member.grants_size(); ++i) {
      CheckGrant(at, absl::StrCat(at, ".grants[", i, "]"), member, member.grants(i), anyone);
    }
  }

  void CheckCaller(const std::string& at, absl::string_view caller) {
    if (caller == kAnyone) return;
    absl::string_view rest = caller;
    if ((absl::ConsumePrefix(&rest, "uri:") || absl::ConsumePrefix(&rest, "dns:")) &&
        !rest.empty()) {
      return;
    }
    if (absl::ConsumePrefix(&rest, "token:") || absl::ConsumePrefix(&rest, "group:")) {
      const size_t bar = rest.find('|');
      if (bar != absl::string_view::npos && bar + 1 < rest.size()) {
        if (!issuers_.contains(rest.substr(0, bar))) {
          Add(at, "ISSUER_UNKNOWN", "Bên phát hành này không có trong \"issuers\".");
        }
        return;
      }
    }
    Add(at, "CALLER_INVALID",
        "Người gọi có dạng uri:…, dns:…, token:{bên phát hành}|{sub}, "
        "group:{bên phát hành}|{nhóm} hoặc anyone.");
  }

  void CheckGrant(const std::string& of, const std::string& at, const v1::Member& member,
                  const v1::Grant& grant, bool anyone) {
    const v1::Role role = grant.role();
    if (role == v1::ROLE_UNSPECIFIED || !v1::Role_IsValid(role)) {
      Add(absl::StrCat(at, ".role"), "REQUIRED", "Cần một vai trò.");
      return;
    }
    if (anyone && role != v1::ROLE_READER) {
      Add(absl::StrCat(at, ".role"), "ROLE_NOT_FOR_ANYONE",
          "\"anyone\" chỉ nhận được vai trò ROLE_READER.");
    }
    // A leader competes too: what is their own has to be known, so that they do not judge it.
    if ((role == v1::ROLE_REPORTER || role == v1::ROLE_LEADER) && member.units().empty()) {
      Add(absl::StrCat(of, ".units"), "UNITS_REQUIRED",
          role == v1::ROLE_REPORTER ? "Báo cáo viên phải có đơn vị mà mình báo cáo."
                                    : "Khối trưởng, Khối phó phải có đơn vị của chính mình.");
    }
    if (!HoldsInBlocs(role)) {
      if (!grant.on().empty()) {
        Add(absl::StrCat(at, ".on"), "SCOPE_NOT_TAKEN",
            "Vai trò này có hiệu lực ở mọi khối, không ghi \"on\".");
      }
      return;
    }
    if (grant.on().empty()) {
      Add(absl::StrCat(at, ".on"), "SCOPE_REQUIRED", "Vai trò này cần ít nhất một khối.");
    }
    for (int i = 0; i < grant.on_size(); ++i) {
      if (!IsNameIn("blocs/", grant.on(i))) {
        Add(absl::StrCat(at, ".on[", i, "]"), "RESOURCE_NAME_INVALID",
            "Tên khối có dạng blocs/{khối}.");
      }
    }
  }

  const v1::Policy& policy_;
  absl::flat_hash_set<std::string> issuers_;
  std::vector<Fault> faults_;
};

}  // namespace

absl::StatusOr<Policy> Policy::Read(absl::string_view text) {
  Policy policy;
  SyntaxFaults syntax;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&syntax);
  if (!parser.ParseFromString(std::string(text), &policy.written_)) {
    return domain::FaultsToStatus(syntax.faults());
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(Check(policy.written_).All()));
  for (int i = 0; i < policy.written_.members_size(); ++i) {
    for (const std::string& caller : policy.written_.members(i).callers()) {
      policy.members_[caller].push_back(i);
    }
  }
  return policy;
}

Principal Policy::OfCertificate(absl::Span<const std::string> names) const {
  for (const absl::string_view kind : {"uri:", "dns:"}) {
    for (const std::string& name : names) {
      if (!absl::StartsWith(name, kind)) continue;
      return Of(name, {names.begin(), names.end()}, absl::InfiniteFuture());
    }
  }
  return Of(kAnyone, {}, absl::InfiniteFuture());
}

Principal Policy::OfToken(absl::string_view issuer, absl::string_view subject,
                          absl::Span<const std::string> groups, absl::Time until) const {
  const std::string name = absl::StrCat("token:", issuer, "|", subject);
  std::vector<std::string> callers = {name};
  for (const std::string& group : groups) {
    callers.push_back(absl::StrCat("group:", issuer, "|", group));
  }
  return Of(name, callers, until);
}

Principal Policy::Of(std::string name, const std::vector<std::string>& callers,
                     absl::Time until) const {
  std::set<int> fit;
  const auto add = [&](const std::string& caller) {
    const auto found = members_.find(caller);
    if (found != members_.end()) fit.insert(found->second.begin(), found->second.end());
  };
  for (const std::string& caller : callers) add(caller);
  Principal::Known known = Principal::Known::kToThePolicy;
  if (fit.empty()) known = Principal::Known::kByName;
  if (callers.empty()) known = Principal::Known::kNobody;
  add(kAnyone);
  std::vector<const v1::Member*> members;
  for (const int i : fit) members.push_back(&written_.members(i));
  return Principal(std::move(name), known, members, until);
}

const v1::Issuer* Policy::FindIssuer(absl::string_view name) const {
  for (const v1::Issuer& issuer : written_.issuers()) {
    if (issuer.issuer() == name) return &issuer;
  }
  return nullptr;
}

}  // namespace thidua::access
