// The suite as an installation runs it: TLS on every line, callers known by certificate or token,
// and a policy that says what they may. Khối thi đua 4 of 2019 is loaded, unless the people are
// others. For tests.
#ifndef THIDUA_TESTS_SYSTEM_GUARDED_SUITE_H_
#define THIDUA_TESTS_SYSTEM_GUARDED_SUITE_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/time/time.h"
#include "services/access/token_testlib.h"
#include "services/platform/certificates_testlib.h"
#include "tests/system/suite.h"

namespace thidua::tests {

inline constexpr char kIssuer[] = "https://sso.kiengiang.example/realms/tinh";
inline constexpr char kAudience[] = "thidua";
inline constexpr char kBloc4[] = "blocs/khoi-thi-dua-4";

// People of the policy, by the "sub" of their tokens.
inline constexpr char kReporterOfHealth[] = "an";     // Báo cáo viên Sở Y tế.
inline constexpr char kReporterOfTourism[] = "binh";  // Báo cáo viên Sở Du lịch.
inline constexpr char kLeader[] = "chi";              // Khối trưởng, Sở LĐTBXH.
inline constexpr char kLeaderOfBloc5[] = "dung";      // Of another bloc.
inline constexpr char kWatcher[] = "giang";           // Chuyên viên theo dõi khối.
inline constexpr char kWatcherOfHealth[] = "hanh";    // The same, and an official of Sở Y tế.
inline constexpr char kCouncil[] = "khanh";           // Hội đồng.
inline constexpr char kReader[] = "lan";              // Reads what is public.
inline constexpr char kNobody[] = "minh";             // In no member of the policy.

class GuardedSuite {
 public:
  // `flags`: of each service besides. `people`: members of the policy in the place of those above,
  // $0 for the issuer; then nothing is loaded.
  explicit GuardedSuite(std::vector<std::string> flags = {}, const std::string& people = "");

  Suite& suite() { return *suite_; }
  const platform::Certificates& certificates() const { return certificates_; }
  const access::SigningKey& key() const { return key_; }
  const std::filesystem::path& policy_file() const { return policy_file_; }

  // What a sound token says, as JSON, with other values in the place of some: {"exp", "1"}.
  static std::string Claims(const std::string& subject,
                            const std::vector<std::pair<std::string, std::string>>& others = {});
  // A sound token for an hour.
  std::string Token(const std::string& subject) const { return key_.Token(Claims(subject)); }

  // TLS with the certificate of that name, "administrator" among them; "": without one.
  std::shared_ptr<grpc::ChannelCredentials> Tls(const std::string& name) const;
  // A line of its own.
  std::shared_ptr<grpc::Channel> Line(Suite::Service service,
                                      std::shared_ptr<grpc::ChannelCredentials> credentials) const;

 private:
  const platform::Certificates certificates_;
  const access::SigningKey key_ = access::SigningKey::Rsa("k1");
  std::filesystem::path policy_file_;
  // The stubs of this process are the administrator's.
  absl::FlagSaver flags_;
  std::unique_ptr<Suite> suite_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_GUARDED_SUITE_H_
