// Blocs of one's choice of size, each with a pact of 2019 by the scheme of Khối thi đua 4.
#ifndef THIDUA_TESTS_BENCH_BLOC_H_
#define THIDUA_TESTS_BENCH_BLOC_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "services/messages/instant.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/messages/quantity.h"
#include "services/scoring/store.h"

namespace thidua::bench {

struct BlocSize {
  int number = 0;  // Which bloc it is.
  int units = 0;
  int targets_of_unit = 0;
};

inline std::string PactOf(int bloc) { return absl::StrCat("blocs/khoi-so-", bloc, "/pacts/2019"); }
inline std::string PeriodOf(int bloc) { return absl::StrCat(PactOf(bloc), "/periods/6-thang"); }

inline domain::Pact DomainPact(const BlocSize& size) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.bloc = absl::StrCat("khoi-so-", size.number);
  const domain::Target target = pact.targets[5];
  pact.members.clear();
  pact.targets.clear();
  for (int u = 0; u < size.units; ++u) {
    pact.members.push_back(
        {absl::StrCat("so-", u), absl::StrCat("Sở số ", u), domain::Role::kMember});
    for (int t = 0; t < size.targets_of_unit; ++t) {
      domain::Target& one = pact.targets.emplace_back(target);
      one.id = absl::StrCat("t-", u, "-", t);
      one.name = absl::StrCat("Tổ chức lớp đào tạo, tập huấn số ", t);
      one.unit = pact.members.back().unit;
      one.value.value = static_cast<int64_t>(100 + 7 * t + size.number % 13);
    }
  }
  return pact;
}

// A bloc's pact and results, as results-ingest sends them.
inline scoring::ReceivedPeriod ReceivedBloc(const BlocSize& size) {
  const domain::Pact pact = DomainPact(size);
  scoring::ReceivedPeriod received;
  received.store_id = "results:bench";
  received.store_epoch_ms = 1;
  received.inputs.set_name(PeriodOf(size.number));
  received.inputs.set_version(1);
  *received.inputs.mutable_data_time() = messages::InstantMessage(absl::UnixEpoch());
  *received.inputs.mutable_pact() = messages::khoi4_2019::PactMessage(pact);
  for (size_t i = 0; i < pact.targets.size(); ++i) {
    results::v1::Result& result = *received.inputs.add_results();
    result.set_target(absl::StrCat(PactOf(size.number), "/targets/", pact.targets[i].id));
    domain::Quantity actual = pact.targets[i].value;
    actual.value = static_cast<int64_t>(40 + (i * 37 + static_cast<size_t>(size.number)) % 90);
    *result.mutable_actual() = messages::QuantityMessage(actual);
    result.set_revision(1);
  }
  return received;
}

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_BLOC_H_
