#include "services/messages/assessment.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {

absl::StatusOr<domain::Layer> ReadLayer(absl::string_view path, type::v1::AssessmentLayer layer) {
  switch (layer) {
    case type::v1::ASSESSMENT_LAYER_SELF:
      return domain::Layer::kSelf;
    case type::v1::ASSESSMENT_LAYER_PEER:
      return domain::Layer::kPeer;
    case type::v1::ASSESSMENT_LAYER_BLOC:
      return domain::Layer::kBloc;
    case type::v1::ASSESSMENT_LAYER_PROVINCE:
      return domain::Layer::kProvince;
    case type::v1::ASSESSMENT_LAYER_UNSPECIFIED:
      return domain::Fault{std::string(path), "REQUIRED",
                           "Phải ghi cấp chấm điểm: đơn vị tự chấm, chấm chéo, khối hay tỉnh."}
          .ToStatus();
    default:
      return domain::Fault{std::string(path), "LAYER_UNKNOWN", "Không có cấp chấm điểm này."}
          .ToStatus();
  }
}

type::v1::AssessmentLayer LayerMessage(domain::Layer layer) {
  switch (layer) {
    case domain::Layer::kSelf:
      return type::v1::ASSESSMENT_LAYER_SELF;
    case domain::Layer::kPeer:
      return type::v1::ASSESSMENT_LAYER_PEER;
    case domain::Layer::kBloc:
      return type::v1::ASSESSMENT_LAYER_BLOC;
    case domain::Layer::kProvince:
      return type::v1::ASSESSMENT_LAYER_PROVINCE;
  }
  return type::v1::ASSESSMENT_LAYER_UNSPECIFIED;
}

absl::StatusOr<domain::Assessment> ReadAssessment(absl::string_view path,
                                                  const results::v1::Assessment& message) {
  std::vector<domain::Fault> faults;
  domain::Assessment assessment;
  Take(ReadUnitName(Under(path, "unit"), message.unit()), assessment.unit, faults);
  assessment.criterion = message.criterion_id();
  Take(ReadLayer(Under(path, "layer"), message.layer()), assessment.layer, faults);
  if (!message.rater().empty()) {
    Take(ReadUnitName(Under(path, "rater"), message.rater()), assessment.rater, faults);
  }
  // No points are not 0 points, but beside figures nobody asks for any.
  if (message.points().empty() && message.figures().empty()) {
    faults.push_back({Under(path, "points"), "REQUIRED", "Phải ghi số điểm."});
  } else {
    Take(ReadDecimal(Under(path, "points"), message.points(), 0), assessment.points, faults);
  }
  Take(ReadDecimal(Under(path, "bonus"), message.bonus(), 0), assessment.bonus, faults);
  for (int i = 0; i < message.figures_size(); ++i) {
    const results::v1::Assessment::Figure& figure = message.figures(i);
    const std::string place = Under(path, absl::StrCat("figures[", i, "].value"));
    domain::Assessment::Figure& read = assessment.figures.emplace_back();
    read.id = figure.figure_id();
    // The first that cannot be read stands for the rest.
    if (figure.value().empty()) {
      faults.push_back({place, "REQUIRED", "Phải ghi số liệu."});
      break;
    }
    if (!Take(ReadDecimal(place, figure.value(), 0), read.value, faults)) break;
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return assessment;
}

results::v1::Assessment AssessmentMessage(const domain::Assessment& assessment) {
  results::v1::Assessment message;
  message.set_unit(UnitName(assessment.unit));
  message.set_criterion_id(assessment.criterion);
  message.set_layer(LayerMessage(assessment.layer));
  if (!assessment.rater.empty()) message.set_rater(UnitName(assessment.rater));
  if (assessment.figures.empty() || !assessment.points.is_zero()) {
    message.set_points(assessment.points.ToString());
  }
  if (!assessment.bonus.is_zero()) message.set_bonus(assessment.bonus.ToString());
  for (const domain::Assessment::Figure& figure : assessment.figures) {
    results::v1::Assessment::Figure& one = *message.add_figures();
    one.set_figure_id(figure.id);
    one.set_value(figure.value.ToString());
  }
  return message;
}

}  // namespace thidua::messages
