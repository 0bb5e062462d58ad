#include "tests/faults/oracle_ranking.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/domain/scoring_oracle_testlib.h"
#include "services/messages/pact.h"
#include "services/messages/result.h"

namespace thidua::tests {
namespace {

using domain::oracle::Fraction;
using domain::oracle::Integer;

// Of points and percentages in contracts (ranking.proto).
constexpr int kDigits = 4;

template <typename Value>
Value Sound(absl::StatusOr<Value> read) {
  if (!read.ok()) {
    std::fprintf(stderr, "a history that cannot be read: %s\n", read.status().ToString().c_str());
    std::abort();
  }
  return *std::move(read);
}

// In machine form: rounded half up, without zeros at the end. Never negative here.
std::string Printed(const Fraction& number) {
  Integer scale = 1;
  for (int i = 0; i < kDigits; ++i) scale *= 10;
  const Integer scaled = (number.top * scale * 2 + number.bottom) / (number.bottom * 2);
  std::string digits = Integer(scaled % scale).str();
  digits.insert(0, static_cast<size_t>(kDigits) - digits.size(), '0');
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return absl::StrCat(Integer(scaled / scale).str(), digits.empty() ? "" : ".", digits);
}

std::string Line(int rank, bool shared, const std::string& unit, const std::string& points,
                 const std::string& bonus, const std::string& total, const std::string& assigned,
                 const std::string& percent) {
  return absl::StrCat(rank, shared ? "= " : " ", unit, " ", points, " + ", bonus, " = ", total,
                      " of ", assigned, " ", percent, "%");
}

}  // namespace

std::vector<std::string> OracleRows(const results::v1::PeriodInputs& inputs) {
  domain::oracle::Case one;
  one.pact = Sound(messages::ReadPact("pact", inputs.pact()));
  for (const results::v1::Result& result : inputs.results()) {
    one.results.push_back(Sound(messages::ReadResult(result)));
  }
  if (!inputs.assessments().empty()) std::abort();
  domain::oracle::Reached reached;
  const domain::oracle::Verdict verdict =
      domain::oracle::Judge(one, domain::oracle::Slip::kNone, reached);

  // Those with nothing to be ranked by follow in the pact's order; all, before anything is known.
  std::vector<domain::oracle::Ranked> places;
  if (!one.results.empty()) places = verdict.places;
  std::vector<bool> placed(one.pact.members.size());
  for (const domain::oracle::Ranked& place : places) placed[place.unit] = true;
  for (size_t unit = 0; unit < placed.size(); ++unit) {
    if (placed[unit]) continue;
    places.emplace_back().unit = unit;
  }
  std::vector<std::string> rows;
  for (const domain::oracle::Ranked& place : places) {
    const domain::oracle::Line& sum = verdict.units[place.unit];
    const Fraction total = sum.points + sum.bonus;
    rows.push_back(Line(
        place.rank, place.shared, absl::StrCat("units/", one.pact.members[place.unit].unit),
        Printed(sum.points), Printed(sum.bonus), Printed(total), Printed(sum.assigned_points),
        sum.assigned_points.is_zero() ? "" : Printed(total / sum.assigned_points * Fraction(100))));
  }
  return rows;
}

std::vector<std::string> RowsShown(const scoring::v1::Ranking& ranking) {
  std::vector<std::string> rows;
  for (const scoring::v1::RankingRow& row : ranking.rows()) {
    rows.push_back(Line(row.rank(), row.shared(), row.unit(), row.points(), row.bonus(),
                        row.total(), row.assigned_points(), row.percent_of_assigned()));
  }
  return rows;
}

}  // namespace thidua::tests
