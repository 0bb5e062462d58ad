#include "services/access/matrix.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/access/written_rights.h"

namespace thidua::access {
namespace {

constexpr std::pair<v1::Role, const char*> kColumns[] = {
    {v1::ROLE_READER, "reader"},   {v1::ROLE_REPORTER, "reporter"},
    {v1::ROLE_LEADER, "leader"},   {v1::ROLE_WATCHER, "watcher"},
    {v1::ROLE_COUNCIL, "council"}, {v1::ROLE_REGISTRAR, "registrar"},
    {v1::ROLE_SERVICE, "service"},
};

constexpr char kHead[] = R"(# Who may call what

Made of the contracts (`thidua.access.v1.requirement` at each RPC) by `access_test`, which fails when this page is not
what they say; `THIDUA_WRITE_GOLDEN=1` writes it again. Roles and who holds them: [security.md](security.md).

| Word | What it means |
|---|---|
| all | whatever the request names |
| own bloc | only of blocs that the role is held on |
| own unit | only of, or as, units whose official the caller is |
| not own unit | never of a unit whose official the caller is |
| not own bloc | never of a pact of which such a unit is a member |
| published | what is not public is as if it were not there |
| own import | only imports that the caller has begun |
| `field=VALUE` | only where the request says so; `field=` where it says nothing |

)";

// What follows from one right for whoever holds one of its roles.
std::string Terms(const WrittenRight& written, bool held_on_blocs) {
  const v1::Right& right = written.right;
  std::vector<std::string> terms;
  if (held_on_blocs && !right.on().empty()) terms.push_back("own bloc");
  if (!right.unit().empty() || right.own_units_only()) terms.push_back("own unit");
  if (right.own_imports_only()) terms.push_back("own import");
  if (!right.not_own_unit().empty()) terms.push_back("not own unit");
  if (!right.where().empty()) terms.push_back(absl::StrCat("`", right.where(), "`"));
  if (written.published_only) terms.push_back("published");
  return absl::StrJoin(terms, ", ");
}

}  // namespace

std::string MatrixCell(const v1::Requirement& requirement, v1::Role role) {
  const bool held_on_blocs =
      role == v1::ROLE_REPORTER || role == v1::ROLE_LEADER || role == v1::ROLE_WATCHER;
  std::vector<std::string> ways;
  for (const WrittenRight& written : RightsOf(requirement)) {
    const auto& roles = written.right.roles();
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) continue;
    std::string terms = Terms(written, held_on_blocs);
    if (requirement.not_own_bloc())
      absl::StrAppend(&terms, terms.empty() ? "" : ", ", "not own bloc");
    if (terms.empty()) return "all";
    ways.push_back(std::move(terms));
  }
  return absl::StrJoin(ways, "; ");
}

std::string MatrixPage(absl::Span<const google::protobuf::ServiceDescriptor* const> services) {
  std::string page = kHead;
  for (const google::protobuf::ServiceDescriptor* service : services) {
    absl::StrAppend(&page, "## ", service->full_name(), "\n\n| RPC |");
    for (const auto& [role, name] : kColumns) absl::StrAppend(&page, " ", name, " |");
    absl::StrAppend(&page, "\n|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      absl::StrAppend(&page, "| ", method.name(), " |");
      for (const auto& [role, name] : kColumns) {
        const std::string cell = MatrixCell(method.options().GetExtension(v1::requirement), role);
        absl::StrAppend(&page, " ", cell.empty() ? "–" : cell, " |");
      }
      absl::StrAppend(&page, "\n");
    }
    absl::StrAppend(&page, "\n");
  }
  page.pop_back();
  return page;
}

}  // namespace thidua::access
