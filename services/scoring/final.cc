#include "services/scoring/final.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"

namespace thidua::scoring {
namespace {

using Parts = google::protobuf::RepeatedPtrField<v1::FinalRecord::Part>;

void AddPart(Parts& parts, const std::string& name, absl::string_view bytes) {
  v1::FinalRecord::Part& part = *parts.Add();
  part.set_name(name);
  part.set_sha256(platform::Sha256Hex(bytes));
}

// As sha256sum prints them.
std::string DigestOf(const Parts& parts) {
  std::string lines;
  for (const v1::FinalRecord::Part& part : parts) {
    absl::StrAppend(&lines, part.sha256(), "  ", part.name(), "\n");
  }
  return platform::Sha256Hex(lines);
}

absl::Status Damaged(const v1::FinalRecord& record) {
  return platform::Refusal(
      absl::StatusCode::kDataLoss, "", "FINAL_DAMAGED",
      absl::StrCat("Kết quả chính thức ", record.revision(), " của kỳ ", record.period(),
                   " lưu trong kho không còn khớp với mã kiểm chứng của nó."));
}

}  // namespace

const v1::Scorecard* Final::FindScorecard(absl::string_view unit) const {
  const std::string suffix = absl::StrCat("/scorecards/", unit);
  const auto found =
      std::find_if(scorecards.begin(), scorecards.end(),
                   [&](const v1::Scorecard& card) { return absl::EndsWith(card.name(), suffix); });
  return found == scorecards.end() ? nullptr : &*found;
}

StoredFinal MakeFinal(int64_t number, const v1::Ranking& ranking,
                      const std::vector<v1::Scorecard>& scorecards, v1::FinalRecord record) {
  StoredFinal stored;
  stored.number = number;
  v1::Ranking without_digest = ranking;
  without_digest.clear_digest();
  stored.ranking = platform::DeterministicBytes(without_digest);
  record.clear_parts();
  AddPart(*record.mutable_parts(), ranking.name(), stored.ranking);
  for (const v1::Scorecard& card : scorecards) {
    stored.scorecards.push_back(platform::DeterministicBytes(card));
    AddPart(*record.mutable_parts(), card.name(), stored.scorecards.back());
  }
  record.set_digest(DigestOf(record.parts()));
  stored.record = std::move(record);
  return stored;
}

absl::StatusOr<Final> ReadFinal(const StoredFinal& stored) {
  Final read;
  read.number = stored.number;
  read.record = stored.record;
  if (!read.ranking.ParseFromString(stored.ranking)) return Damaged(stored.record);
  Parts parts;
  AddPart(parts, read.ranking.name(), stored.ranking);
  for (const std::string& bytes : stored.scorecards) {
    v1::Scorecard& card = read.scorecards.emplace_back();
    if (!card.ParseFromString(bytes)) return Damaged(stored.record);
    AddPart(parts, card.name(), bytes);
  }
  if (DigestOf(parts) != stored.record.digest() ||
      DigestOf(stored.record.parts()) != stored.record.digest() ||
      read.ranking.revision() != stored.record.revision()) {
    return Damaged(stored.record);
  }
  read.ranking.set_digest(stored.record.digest());
  return read;
}

int64_t NumberAfter(int64_t number, const v1::FinalRecord& record) {
  return record.state() == v1::FinalRecord::STATE_REVOKED ? number + 1 : number;
}

}  // namespace thidua::scoring
