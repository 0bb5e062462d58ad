#include "services/messages/assessment.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using domain::Decimal;
using domain::Layer;
using Strings = std::vector<std::string>;

results::v1::Assessment Of(const std::string& text) {
  results::v1::Assessment message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

Strings FaultsOf(const absl::Status& status) {
  Strings faults;
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    EXPECT_FALSE(fault.message.empty());
    faults.push_back(absl::StrCat(fault.path, ": ", fault.reason));
  }
  return faults;
}

TEST(ReadAssessmentTest, ReadsEveryField) {
  const auto read = ReadAssessment("", Of(R"pb(
                                     unit: "units/so-y-te"
                                     criterion_id: "noi-dung-2.1"
                                     layer: ASSESSMENT_LAYER_PEER
                                     rater: "units/so-du-lich"
                                     points: "7.50"
                                     bonus: "0.25"
                                     note: "Đủ minh chứng"
                                     revision: 3
                                   )pb"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->unit, "so-y-te");
  EXPECT_EQ(read->criterion, "noi-dung-2.1");
  EXPECT_EQ(read->layer, Layer::kPeer);
  EXPECT_EQ(read->rater, "so-du-lich");
  EXPECT_EQ(read->points.ToString(), "7.50") << "digits are kept";
  EXPECT_EQ(read->bonus, *Decimal::Parse("0.25"));
}

TEST(ReadAssessmentTest, NoRaterIsNoneAndNoBonusIsNothing) {
  const auto read = ReadAssessment(
      "", Of(R"pb(
        unit: "units/so-y-te" criterion_id: "c" layer: ASSESSMENT_LAYER_SELF points: "0"
      )pb"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->rater, "");
  EXPECT_EQ(read->points, Decimal(0));
  EXPECT_EQ(read->bonus, Decimal(0));
}

TEST(ReadAssessmentTest, FiguresStandInThePlaceOfPoints) {
  const auto read = ReadAssessment("", Of(R"pb(
                                     unit: "units/so-y-te"
                                     criterion_id: "c"
                                     layer: ASSESSMENT_LAYER_BLOC
                                     figures { figure_id: "khen" value: "2" }
                                     figures { figure_id: "phe-binh" value: "0" }
                                   )pb"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->points, Decimal(0));
  EXPECT_EQ(read->figures, (std::vector<domain::Assessment::Figure>{{"khen", 2}, {"phe-binh", 0}}));
}

TEST(ReadAssessmentTest, RefusesAtThePathOfTheField) {
  const std::string kSound =
      R"(unit: "units/so-y-te" criterion_id: "c" layer: ASSESSMENT_LAYER_BLOC points: "5" )";
  const struct {
    const char* change;
    Strings faults;
  } kCases[] = {
      {"", {}},
      {R"(unit: "so-y-te")", {"rows[3].unit: RESOURCE_NAME_INVALID"}},
      {R"(unit: "")", {"rows[3].unit: RESOURCE_NAME_INVALID"}},
      {R"(layer: ASSESSMENT_LAYER_UNSPECIFIED)", {"rows[3].layer: REQUIRED"}},
      {R"(rater: "so-du-lich")", {"rows[3].rater: RESOURCE_NAME_INVALID"}},
      {R"(points: "")", {"rows[3].points: REQUIRED"}},
      {R"(points: "7,5")", {"rows[3].points: NUMBER_UNREADABLE"}},
      {R"(points: "1234567890123456789")", {"rows[3].points: NUMBER_TOO_LONG"}},
      {R"(bonus: "x")", {"rows[3].bonus: NUMBER_UNREADABLE"}},
      {R"(figures { figure_id: "a" value: "1" } figures { figure_id: "b" value: "1,5" })",
       {"rows[3].figures[1].value: NUMBER_UNREADABLE"}},
      {R"(points: "" figures { figure_id: "a" })", {"rows[3].figures[0].value: REQUIRED"}},
      {R"(unit: "u" layer: ASSESSMENT_LAYER_UNSPECIFIED rater: "r" points: "" bonus: "x")",
       {"rows[3].unit: RESOURCE_NAME_INVALID", "rows[3].layer: REQUIRED",
        "rows[3].rater: RESOURCE_NAME_INVALID", "rows[3].points: REQUIRED",
        "rows[3].bonus: NUMBER_UNREADABLE"}},
  };
  for (const auto& c : kCases) {
    results::v1::Assessment message = Of(kSound);
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(c.change, &message)) << c.change;
    EXPECT_EQ(FaultsOf(ReadAssessment("rows[3]", message).status()), c.faults) << c.change;
  }
}

TEST(ReadAssessmentTest, ALayerOfANewerContractIsNotTakenForAnother) {
  results::v1::Assessment message =
      Of(R"(unit: "units/so-y-te" criterion_id: "c" layer: ASSESSMENT_LAYER_SELF points: "5")");
  message.set_layer(static_cast<type::v1::AssessmentLayer>(17));
  EXPECT_EQ(FaultsOf(ReadAssessment("", message).status()), Strings{"layer: LAYER_UNKNOWN"});
}

TEST(AssessmentMessageTest, IsReadBackAsItWas) {
  for (const Layer layer : {Layer::kSelf, Layer::kPeer, Layer::kBloc, Layer::kProvince}) {
    for (const char* bonus : {"0", "0.5"}) {
      const domain::Assessment given = {"so-y-te", "2.1",
                                        layer,     layer == Layer::kPeer ? "so-du-lich" : "",
                                        7,         *Decimal::Parse(bonus)};
      const auto read = ReadAssessment("", AssessmentMessage(given));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->unit, given.unit);
      EXPECT_EQ(read->criterion, given.criterion);
      EXPECT_EQ(read->layer, given.layer);
      EXPECT_EQ(read->rater, given.rater);
      EXPECT_EQ(read->points, given.points);
      EXPECT_EQ(read->bonus, given.bonus);
      EXPECT_EQ(*ReadLayer("layer", LayerMessage(layer)), layer);
    }
  }
}

TEST(AssessmentMessageTest, FiguresAreReadBackWithOrWithoutPoints) {
  for (const Decimal& points : {Decimal(0), Decimal(3)}) {
    domain::Assessment given = {"so-y-te", "2.1", Layer::kBloc, "", points};
    given.figures = {{"khen", *Decimal::Parse("2.50")}, {"phe-binh", 0}};
    const results::v1::Assessment message = AssessmentMessage(given);
    EXPECT_EQ(message.points(), points.is_zero() ? "" : "3");
    const auto read = ReadAssessment("", message);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->points, points);
    EXPECT_EQ(read->figures, given.figures);
    EXPECT_EQ(message.figures(0).value(), "2.50") << "digits are kept";
  }
}

TEST(AssessmentMessageTest, SaysNothingOfWhatIsNotThere) {
  const results::v1::Assessment message =
      AssessmentMessage({"so-y-te", "2.1", Layer::kBloc, "", *Decimal::Parse("7.50")});
  EXPECT_EQ(message.ShortDebugString(),
            "unit: \"units/so-y-te\" criterion_id: \"2.1\" layer: ASSESSMENT_LAYER_BLOC points: "
            "\"7.50\"");
}

}  // namespace
}  // namespace thidua::messages
