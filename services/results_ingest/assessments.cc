// Points given by layer: the unit itself, its peers, the bloc, the province. Every layer is kept,
// with every revision; which of them count, the scheme says, and scoring works out.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/domain/assessment.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/assessment.h"
#include "services/messages/instant.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/results_ingest/open_period.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::PeriodName;
using storage::Transaction;

constexpr int kAssessmentsMax = 10'000;
constexpr size_t kNoteMax = 2000;

// Sound in themselves: all of one layer, each unit, criterion and rater once.
absl::StatusOr<std::vector<domain::Assessment>> Read(const v1::PutAssessmentsRequest& request) {
  if (request.assessments().empty() || request.assessments_size() > kAssessmentsMax) {
    return Fault{"assessments", request.assessments().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần chấm từ 1 đến ", kAssessmentsMax, " điểm.")}
        .ToStatus();
  }
  std::vector<domain::Assessment> read;
  std::vector<Fault> faults;
  absl::flat_hash_set<AssessmentKey> seen;
  for (int i = 0; i < request.assessments_size(); ++i) {
    const v1::Assessment& message = request.assessments(i);
    const std::string path = absl::StrCat("assessments[", i, "]");
    const auto add = [&](absl::string_view field, absl::string_view reason,
                         absl::string_view sentence) {
      faults.push_back({absl::StrCat(path, field), std::string(reason), std::string(sentence)});
    };
    auto assessment = messages::ReadAssessment(path, message);
    if (!assessment.ok()) {
      for (Fault& fault : domain::FaultsOf(assessment.status())) faults.push_back(std::move(fault));
      continue;
    }
    for (const auto& [field, text] :
         {std::pair(".note", &message.note()),
          std::pair(".correction_reason", &message.correction_reason())}) {
      if (auto fault = domain::CheckText(absl::StrCat(path, field), *text, kNoteMax)) {
        faults.push_back(*std::move(fault));
      }
    }
    if (message.layer() != request.assessments(0).layer()) {
      add(".layer", "LAYERS_DIFFER", "Mỗi lần chỉ gửi điểm của một cấp chấm.");
    }
    if (!seen.insert(KeyOf(message)).second) {
      add("", "DUPLICATE", "Điểm này ghi hai lần trong cùng một lần gửi.");
    }
    read.push_back(*std::move(assessment));
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  return read;
}

// However the points were written.
absl::StatusOr<bool> SaysTheSame(const v1::Assessment& stored, const domain::Assessment& given,
                                 const std::string& note) {
  const auto before = messages::ReadAssessment("", stored);
  if (!before.ok()) return absl::DataLossError("a stored assessment is unreadable");
  const auto by_id = [](std::vector<domain::Assessment::Figure> figures) {
    std::sort(figures.begin(), figures.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return figures;
  };
  return before->points == given.points && before->bonus == given.bonus &&
         by_id(before->figures) == by_id(given.figures) && stored.note() == note;
}

// "key/…/revision" of the assessment shown last, as page tokens have it. No part has a line break.
std::string TextOf(const AssessmentPlace& place) {
  return absl::StrCat(place.key.unit, "\n", place.key.criterion, "\n", place.key.layer, "\n",
                      place.key.rater, "\n", place.revision);
}

absl::StatusOr<AssessmentPlace> ReadPlace(const std::string& text) {
  AssessmentPlace place;
  if (text.empty()) return place;
  const std::vector<std::string> parts = absl::StrSplit(text, '\n');
  if (parts.size() != 5 || !absl::SimpleAtoi(parts[2], &place.key.layer) ||
      !absl::SimpleAtoi(parts[4], &place.revision)) {
    return platform::UnknownPageToken();
  }
  place.key.unit = parts[0];
  place.key.criterion = parts[1];
  place.key.rater = parts[3];
  if (TextOf(place) != text) return platform::UnknownPageToken();
  return place;
}

}  // namespace

absl::StatusOr<v1::PutAssessmentsResponse> ResultsService::PutAssessments(
    const v1::PutAssessmentsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  ASSIGN_OR_RETURN(const std::vector<domain::Assessment> given, Read(request));
  ASSIGN_OR_RETURN(
      std::optional<v1::PutAssessmentsResponse> first,
      platform::FirstReply<v1::PutAssessmentsResponse>(database_, request, call.author()));
  if (first.has_value()) return *std::move(first);
  RETURN_IF_ERROR(AwaitFreshness(request.freshness_token(), call));
  return platform::Mutate<v1::PutAssessmentsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::PutAssessmentsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name, now));
        std::vector<std::string> units;
        for (const domain::Assessment& assessment : given) units.push_back(assessment.unit);
        ASSIGN_OR_RETURN(const auto present, store.CurrentAssessments(name, units));

        v1::PutAssessmentsResponse response;
        std::vector<v1::Assessment> changed;
        std::vector<Fault> faults;
        for (size_t i = 0; i < given.size(); ++i) {
          const std::string path = absl::StrCat("assessments[", i, "]");
          const absl::Status sound = domain::UnderPath(
              path, domain::FaultsToStatus(domain::ValidateAssessment(open.pact->pact, given[i])));
          for (Fault& fault : domain::FaultsOf(sound)) faults.push_back(std::move(fault));

          const v1::Assessment& message = request.assessments(static_cast<int>(i));
          v1::Assessment assessment = messages::AssessmentMessage(given[i]);
          assessment.set_note(message.note());
          const auto before = present.find(KeyOf(assessment));
          if (before != present.end()) {
            ASSIGN_OR_RETURN(const bool same,
                             SaysTheSame(before->second, given[i], message.note()));
            if (same) {
              *response.add_assessments() = before->second;
              continue;
            }
          }
          if (before != present.end() &&
              absl::StripAsciiWhitespace(message.correction_reason()).empty()) {
            faults.push_back({absl::StrCat(path, ".correction_reason"),
                              "CORRECTION_REASON_REQUIRED",
                              "Điểm này đã chấm khác; muốn sửa phải ghi lý do."});
            continue;
          }
          assessment.set_revision(before == present.end() ? 1 : before->second.revision() + 1);
          if (before != present.end()) {
            assessment.set_correction_reason(message.correction_reason());
          }
          *assessment.mutable_assess_time() = messages::InstantMessage(now);
          *response.add_assessments() = assessment;
          changed.push_back(std::move(assessment));
        }
        RETURN_IF_ERROR(domain::FaultsToStatus(faults));

        int64_t version = open.version;
        if (!changed.empty()) {
          ASSIGN_OR_RETURN(version, store.AdvancePeriod(name, now));
          RETURN_IF_ERROR(store.AppendAssessments(name, version, changed, trail));
        }
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name, version));
        return response;
      });
}

absl::StatusOr<v1::ListAssessmentsResponse> ResultsService::ListAssessments(
    const v1::ListAssessmentsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  AssessmentFilter filter;
  filter.layer = request.layer();
  filter.every_revision = request.every_revision();
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(filter.unit, messages::ReadUnitName("unit", request.unit()));
  }
  v1::ListAssessmentsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const OpenPeriod open, FindPeriodOfPact(store, pacts_, name));
    // A version of the period is a state of its assessments.
    ASSIGN_OR_RETURN(platform::PageStart page,
                     platform::ReadPageToken(request, {open.version, "", ""}));
    ASSIGN_OR_RETURN(const AssessmentPlace after, ReadPlace(page.last));
    ASSIGN_OR_RETURN(std::vector<v1::Assessment> listed,
                     store.ListAssessments(name, page.sequence, filter, after, size + 1));
    if (static_cast<int64_t>(listed.size()) > size) {
      listed.pop_back();
      page.last = TextOf({KeyOf(listed.back()), listed.back().revision()});
      response.set_next_page_token(platform::NextPageToken(request, page));
    }
    response.mutable_assessments()->Add(std::make_move_iterator(listed.begin()),
                                        std::make_move_iterator(listed.end()));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::results_ingest
