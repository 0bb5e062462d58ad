#include "tests/system/guarded_suite.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

// Of every policy. $0: the issuer.
constexpr char kInstallation[] = R"(
members {
  callers: "uri:spiffe://thidua/registry"
  callers: "uri:spiffe://thidua/results-ingest"
  callers: "uri:spiffe://thidua/scoring"
  display_name: "Các dịch vụ của hệ thống"
  grants { role: ROLE_SERVICE }
}
members {
  callers: "uri:spiffe://thidua/portal"
  display_name: "Cổng"
  grants { role: ROLE_READER }
}
members {
  callers: "uri:spiffe://thidua/administrator"
  display_name: "Cơ quan thường trực"
  grants { role: ROLE_REGISTRAR }
}
issuers {
  issuer: "$0"
  audiences: "thidua"
  jwks_file: "jwks.json"
}
)";

constexpr char kPeopleOfBloc4[] = R"(
members {
  callers: "token:$0|an"
  units: "units/so-y-te"
  grants { role: ROLE_REPORTER on: "blocs/khoi-thi-dua-4" }
}
members {
  callers: "token:$0|binh"
  units: "units/so-du-lich"
  grants { role: ROLE_REPORTER on: "blocs/khoi-thi-dua-4" }
}
members {
  callers: "token:$0|chi"
  units: "units/so-lao-dong-thuong-binh-va-xa-hoi"
  grants { role: ROLE_LEADER on: "blocs/khoi-thi-dua-4" }
}
members {
  callers: "token:$0|dung"
  units: "units/so-tu-phap"
  grants { role: ROLE_LEADER on: "blocs/khoi-thi-dua-5" }
}
members {
  callers: "token:$0|giang"
  grants { role: ROLE_WATCHER on: "blocs/khoi-thi-dua-4" }
}
members {
  callers: "token:$0|hanh"
  units: "units/so-y-te"
  grants { role: ROLE_WATCHER on: "blocs/khoi-thi-dua-4" }
}
members {
  callers: "token:$0|khanh"
  grants { role: ROLE_COUNCIL }
}
members {
  callers: "token:$0|lan"
  grants { role: ROLE_READER }
}
)";

void SetFlag(const std::string& name, const std::string& value) {
  std::string error;
  ASSERT_TRUE(absl::FindCommandLineFlag(name)->ParseFrom(value, &error)) << error;
}

}  // namespace

GuardedSuite::GuardedSuite(std::vector<std::string> flags, const std::string& people) {
  policy_file_ = certificates_.folder() / "policy.txtpb";
  access::WriteAnew(certificates_.folder() / "jwks.json", access::JwksOf({key_.Jwk()}));
  access::WriteAnew(
      policy_file_,
      absl::Substitute(absl::StrCat(kInstallation, people.empty() ? kPeopleOfBloc4 : people),
                       kIssuer));
  SetFlag("tls_ca", certificates_.ca());
  SetFlag("tls_certificate", certificates_.pem("administrator"));
  SetFlag("tls_key", certificates_.key("administrator"));
  suite_ = std::make_unique<Suite>(/*tls=*/false, [this, flags](const std::string& binary) {
    const bool is_service = binary != "thidua";
    const std::string name = is_service ? binary : "administrator";
    std::vector<std::string> words = {absl::StrCat("--tls_ca=", certificates_.ca()),
                                      absl::StrCat("--tls_certificate=", certificates_.pem(name)),
                                      absl::StrCat("--tls_key=", certificates_.key(name))};
    if (!is_service) return words;
    words.push_back(absl::StrCat("--tls_client_ca=", certificates_.ca()));
    words.push_back(absl::StrCat("--access_policy=", policy_file_.string()));
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  });
  if (!people.empty()) return;
  const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
  EXPECT_EQ(load.exit_code, 0) << load.err;
}

std::string GuardedSuite::Claims(const std::string& subject,
                                 const std::vector<std::pair<std::string, std::string>>& others) {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  nlohmann::json claims = {{"iss", kIssuer}, {"sub", subject}, {"aud", kAudience},
                           {"iat", now},     {"nbf", now - 5}, {"exp", now + 3600}};
  for (const auto& [name, value] : others) claims[name] = nlohmann::json::parse(value);
  return claims.dump();
}

std::shared_ptr<grpc::ChannelCredentials> GuardedSuite::Tls(const std::string& name) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = platform::ContentOf(certificates_.ca());
  if (!name.empty()) {
    options.pem_cert_chain = platform::ContentOf(certificates_.pem(name));
    options.pem_private_key = platform::ContentOf(certificates_.key(name));
  }
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> GuardedSuite::Line(
    Suite::Service service, std::shared_ptr<grpc::ChannelCredentials> credentials) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(suite_->address(service), credentials, arguments);
}

}  // namespace thidua::tests
