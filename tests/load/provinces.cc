#include "tests/load/provinces.h"

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/certificates_testlib.h"
#include "tests/bench/bench.h"
#include "tests/load/call.h"

namespace thidua::load {
namespace {

using bench::Must;
using registry::v1::Criterion;
using registry::v1::RegistryService;
using results::v1::Assessment;

constexpr int kYear = 2025;
constexpr int kLeastOfABloc = 7;
constexpr int kMostOfABloc = 12;
constexpr int kLines = 8;
constexpr int kAtATime = 2'000;  // Units, blocs.
// Khối of a province's departments, and cụm of 25 criteria in which each unit's points hang on the
// best of the bloc.
constexpr const char* kSchemes[] = {"a", "b"};

std::string SchemeId(size_t scheme) { return absl::StrCat("thang-diem-", kSchemes[scheme]); }

// In the order of the scheme. Criteria that name a unit of their own province name none.
void Leaves(Criterion& criterion, std::vector<const Criterion*>& by_hand,
            std::vector<const Criterion*>& by_targets) {
  criterion.clear_not_assigned_units();
  for (Criterion& child : *criterion.mutable_children()) Leaves(child, by_hand, by_targets);
  if (criterion.children_size() > 0) return;
  (criterion.has_targets() ? by_targets : by_hand).push_back(&criterion);
}

}  // namespace

uint64_t Chance::Next() {  // SplitMix64
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int Chance::Between(int least, int greatest) {
  return least + static_cast<int>(Next() % static_cast<uint64_t>(greatest - least + 1));
}

double Chance::Share() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

void InParallel(size_t count, int threads, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

Provinces::Provinces(int provinces, int units_each, uint64_t seed) : seed_(seed) {
  for (const char* const name : kSchemes) {
    const std::string file =
        absl::StrCat(THIDUA_SOURCE_DIR, "/tests/data/schemes/", name, ".textproto");
    registry::v1::Scheme& scheme = schemes_.emplace_back();
    Must(google::protobuf::TextFormat::ParseFromString(platform::ContentOf(file), &scheme), file);
    scheme.clear_valid_from();
    scheme.clear_valid_until();
    scheme.clear_examples();
    // What units say of themselves does not count, so that rankings are public all the while.
    scheme.add_assessment_precedence(type::v1::ASSESSMENT_LAYER_PROVINCE);
    scheme.add_assessment_precedence(type::v1::ASSESSMENT_LAYER_BLOC);
  }
  for (registry::v1::Scheme& scheme : schemes_) {
    by_hand_.emplace_back();
    by_targets_.emplace_back();
    for (Criterion& content : *scheme.mutable_contents()) {
      Leaves(content, by_hand_.back(), by_targets_.back());
    }
  }
  Chance chance(seed);
  for (int province = 0; province < provinces; ++province) {
    for (int left = units_each; left > 0;) {
      // The last two share what is left, so that none has fewer than six.
      int size = chance.Between(kLeastOfABloc, kMostOfABloc);
      if (left <= kMostOfABloc) size = left;
      if (left > kMostOfABloc && left - size < kLeastOfABloc) size = left / 2;
      left -= size;
      const size_t b = blocs_.size();
      Bloc& bloc = blocs_.emplace_back();
      bloc.name = absl::StrFormat("blocs/tinh-%02d-khoi-%03d", province, b);
      bloc.pact = absl::StrCat(bloc.name, "/pacts/", kYear);
      bloc.period = absl::StrCat(bloc.pact, "/periods/nam");
      bloc.province = province;
      bloc.scheme = b % std::size(kSchemes);
      const auto& criteria = by_targets_[bloc.scheme];
      for (int u = 0; u < size; ++u) {
        bloc.units.push_back(units_.size());
        Unit& unit = units_.emplace_back();
        unit.name = absl::StrFormat("units/tinh-%02d-don-vi-%05d", province, units_.size() - 1);
        unit.bloc = b;
        const int targets = chance.Between(6, 14);
        for (int t = 0; t < targets; ++t) {
          unit.targets.push_back(
              {absl::StrFormat("%s/targets/chi-tieu-%05d-%02d", bloc.pact, units_.size() - 1, t),
               criteria[static_cast<size_t>(t) % criteria.size()]->criterion_id(),
               chance.Between(10, 40'000)});
        }
        targets_ += unit.targets.size();
      }
    }
  }
}

std::string Provinces::ReporterOf(const Unit& unit) {
  return absl::StrCat("can-bo-", unit.name.substr(sizeof("units/") - 1));
}

std::string Provinces::HandOverOf(const Unit& unit) const {
  return absl::StrCat(blocs_[unit.bloc].period, "/submissions/",
                      unit.name.substr(sizeof("units/") - 1));
}

std::string Provinces::People() const {
  std::string people = absl::StrCat("members { callers: \"token:$0|", kReader,
                                    "\" callers: \"anyone\" grants { role: ROLE_READER } }\n");
  for (const Unit& unit : units_) {
    absl::StrAppend(&people, "members { callers: \"token:$0|", ReporterOf(unit), "\" units: \"",
                    unit.name, "\" grants { role: ROLE_REPORTER on: \"", blocs_[unit.bloc].name,
                    "\" } }\n");
  }
  return people;
}

std::vector<Assessment> Provinces::PointsOf(const Unit& unit, type::v1::AssessmentLayer layer,
                                            Chance& chance) const {
  std::vector<Assessment> points;
  for (const Criterion* const leaf : by_hand_[blocs_[unit.bloc].scheme]) {
    Assessment& one = points.emplace_back();
    one.set_unit(unit.name);
    one.set_criterion_id(leaf->criterion_id());
    one.set_layer(layer);
    const int most = std::stoi(leaf->max_points());
    if (leaf->has_events()) {
      for (const auto& event : leaf->events().events()) {
        Assessment::Figure& figure = *one.add_figures();
        figure.set_figure_id(event.event_id());
        figure.set_value(absl::StrCat(chance.Between(0, 1)));
      }
    } else if (leaf->has_places()) {
      Assessment::Figure& figure = *one.add_figures();
      const bool given = leaf->places().source() == registry::v1::PlacesRule::SOURCE_GIVEN_PLACE;
      figure.set_figure_id(given ? "place" : "mark");
      figure.set_value(absl::StrCat(chance.Between(1, given ? 5 : 10)));
    } else {
      const bool passed = !leaf->has_pass_fail() || chance.In(0.9);
      const int least = leaf->has_pass_fail() ? most : most * 7 / 10;
      one.set_points(absl::StrCat(passed ? chance.Between(least, most) : 0));
    }
  }
  return points;
}

void Provinces::Register(
    tests::GuardedSuite& guard,
    const std::function<void(const std::string& what, double seconds)>& told) const {
  RegistryService::Stub& registry = guard.suite().registry();
  for (size_t s = 0; s < schemes_.size(); ++s) {
    registry::v1::PublishSchemeRequest request;
    request.set_scheme_id(SchemeId(s));
    *request.mutable_scheme() = schemes_[s];
    AskUntilAnswered(registry, &RegistryService::Stub::PublishScheme, request);
  }
  const double units = bench::Seconds([&] {
    for (size_t first = 0; first < units_.size(); first += kAtATime) {
      registry::v1::BatchCreateUnitsRequest request;
      request.set_request_id(absl::StrCat("don-vi-", first));
      for (size_t i = first; i < std::min(first + kAtATime, units_.size()); ++i) {
        registry::v1::Unit& unit = *request.add_units();
        unit.set_name(units_[i].name);
        unit.set_display_name(absl::StrCat("Ủy ban nhân dân xã số ", i, ", tỉnh số ",
                                           blocs_[units_[i].bloc].province));
        unit.set_kind(registry::v1::Unit::KIND_COMMUNE);
      }
      AskUntilAnswered(registry, &RegistryService::Stub::BatchCreateUnits, request);
    }
    for (size_t first = 0; first < blocs_.size(); first += kAtATime) {
      registry::v1::BatchCreateBlocsRequest request;
      request.set_request_id(absl::StrCat("khoi-", first));
      for (size_t b = first; b < std::min(first + kAtATime, blocs_.size()); ++b) {
        registry::v1::Bloc& bloc = *request.add_blocs();
        bloc.set_name(blocs_[b].name);
        bloc.set_display_name(absl::StrCat("Khối thi đua số ", b));
        bloc.set_province(absl::StrCat("Tỉnh số ", blocs_[b].province));
        for (const size_t unit : blocs_[b].units) {
          registry::v1::Bloc::Membership& membership = *bloc.add_memberships();
          membership.set_unit(units_[unit].name);
          membership.set_valid_from(absl::StrCat(kYear, "-01-01"));
        }
      }
      AskUntilAnswered(registry, &RegistryService::Stub::BatchCreateBlocs, request);
    }
  });
  told(absl::StrCat(units_.size(), " units and ", blocs_.size(), " blocs"), units);

  std::vector<std::string> tokens(blocs_.size());  // Of the last signature.
  const double pacts = bench::Seconds([&] {
    InParallel(blocs_.size(), kLines, [&](size_t b) {
      const Bloc& bloc = blocs_[b];
      registry::v1::CreatePactRequest create;
      create.mutable_pact()->set_name(bloc.pact);
      create.mutable_pact()->set_scheme(
          absl::StrCat("schemes/", SchemeId(bloc.scheme), "/versions/1"));
      registry::v1::Period& period = *create.mutable_pact()->add_periods();
      period.set_period_id("nam");
      period.set_display_name(absl::StrCat("Năm ", kYear));
      period.set_kind(registry::v1::Period::KIND_YEAR);
      period.set_opens_on(absl::StrCat(kYear, "-12-01"));
      AskUntilAnswered(registry, &RegistryService::Stub::CreatePact, create);
      registry::v1::RegisterTargetsRequest targets;
      targets.set_pact(bloc.pact);
      for (const size_t u : bloc.units) {
        for (const Target& target : units_[u].targets) {
          registry::v1::Target& one = *targets.add_targets();
          one.set_name(target.name);
          one.set_unit(units_[u].name);
          one.set_criterion_id(target.criterion);
          one.set_display_name(
              absl::StrCat("Chỉ tiêu ", target.name.substr(target.name.size() - 8)));
          one.set_measure("lượt người");
          one.mutable_value()->set_value(absl::StrCat(target.value));
        }
      }
      const std::string digest =
          AskUntilAnswered(registry, &RegistryService::Stub::RegisterTargets, targets).digest();
      for (const size_t u : bloc.units) {
        registry::v1::SignPactRequest sign;
        sign.set_pact(bloc.pact);
        sign.set_unit(units_[u].name);
        sign.set_digest(digest);
        tokens[b] =
            AskUntilAnswered(registry, &RegistryService::Stub::SignPact, sign).freshness_token();
      }
    });
  });
  told(absl::StrCat(blocs_.size(), " pacts with ", targets_, " targets, signed by ", units_.size()),
       pacts);

  const double points = bench::Seconds([&] {
    InParallel(blocs_.size(), kLines, [&](size_t b) {
      Chance chance(seed_ + b + 1);
      results::v1::PutAssessmentsRequest request;
      request.set_period(blocs_[b].period);
      request.set_freshness_token(tokens[b]);
      for (const size_t u : blocs_[b].units) {
        for (const Assessment& one :
             PointsOf(units_[u], type::v1::ASSESSMENT_LAYER_PROVINCE, chance)) {
          *request.add_assessments() = one;
        }
      }
      AskUntilAnswered(guard.suite().results(), &results::v1::ResultsService::Stub::PutAssessments,
                       request);
    });
  });
  told(absl::StrCat("the province's points in ", blocs_.size(), " periods"), points);
}

}  // namespace thidua::load
