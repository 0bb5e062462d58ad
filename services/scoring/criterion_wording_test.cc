#include "services/scoring/criterion_wording.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/scoring/khoi4_2019_scored_testlib.h"

namespace thidua::scoring {
namespace {

using domain::Assessment;
using domain::Decimal;
using domain::Layer;
using domain::Pact;
using domain::Result;
using khoi4_2019::AcceptStated;
using khoi4_2019::Given;
using khoi4_2019::Scored;

TEST(CriterionSentenceTest, SaysWhatTheMaximaCutOffAndWhyNothingCounts) {
  const Scored scored;
  EXPECT_EQ(CriterionSentence(scored.At(0, domain::khoi4_2019::kMinorities)), "");
  EXPECT_EQ(CriterionSentence(scored.At(1, domain::khoi4_2019::kMinorities)),
            "Chưa được chấm điểm: không tính vào tổng điểm được giao.");
  EXPECT_EQ(CriterionSentence(scored.At(0, domain::khoi4_2019::kTourism)),
            "Đơn vị không có chỉ tiêu nào tính điểm được: không tính vào tổng điểm được giao.");
  // 4 and 54 percent above, a point each, and 40 at most.
  const Scored accepted(&AcceptStated);
  EXPECT_EQ(CriterionSentence(accepted.At(0, domain::khoi4_2019::kEducation)),
            "Tổng điểm thưởng là 58, chỉ tính tối đa 40 điểm.");
}

TEST(CriterionSentenceTest, SaysThatTheCriterionIsInThePactNoMore) {
  const Scored scored([](Pact& pact, std::vector<Result>&) {
    pact.voided_criteria = {"noi-dung-1", "noi-dung-2"};
  });
  const char* const kSaid =
      "Đã được đưa ra khỏi giao ước theo bản điều chỉnh: không tính cho đơn vị nào.";
  EXPECT_EQ(CriterionSentence(scored.At(0, domain::khoi4_2019::kMinorities)), kSaid);
  EXPECT_EQ(CriterionSentence(scored.At(1, domain::khoi4_2019::kMinorities)), kSaid);
  EXPECT_EQ(CriterionSentence(scored.At(2, domain::khoi4_2019::kMinorities)),
            "Chưa được chấm điểm: không tính vào tổng điểm được giao.");
}

TEST(CriterionSentenceTest, SaysThatTheSumWasRounded) {
  const Scored scored([](Pact& pact, std::vector<Result>&) {
    pact.scheme.contents[0].rounding = domain::Rounding::ToDigits(1);
  });
  EXPECT_EQ(CriterionSentence(scored.At(0, domain::khoi4_2019::kLabour)),
            "Tổng điểm ≈ 332,299 được làm tròn đến 1 chữ số thập phân: 332,3.");
  EXPECT_EQ(CriterionSentence(scored.At(0, domain::khoi4_2019::kHealth)), "") << "650 is 650";
}

TEST(AssessmentSentenceTest, SaysWhosePointsCountAndOfHowManyTheyAreTheAverage) {
  const struct {
    std::vector<Assessment> given;
    const char* sentence;
  } kCases[] = {
      {{Given(Layer::kSelf, "95")}, "Điểm đơn vị tự chấm: 95/100."},
      {{Given(Layer::kSelf, "95"), Given(Layer::kBloc, "92.5", "10")},
       "Điểm khối chấm: 92,5/100, thưởng 10 điểm."},
      {{Given(Layer::kBloc, "92.5"), Given(Layer::kProvince, "0")}, "Điểm tỉnh thẩm định: 0/100."},
      {{Given(Layer::kPeer, "90", "1", "so-du-lich")},
       "Điểm chấm chéo của 1 đơn vị: 90/100, thưởng 1 điểm."},
      {{Given(Layer::kPeer, "90", "0", "so-du-lich"),
        Given(Layer::kPeer, "91", "0", "ban-dan-toc")},
       "Điểm chấm chéo, trung bình của 2 đơn vị: 90,5/100."},
      {{Given(Layer::kPeer, "90", "1", "so-du-lich"), Given(Layer::kPeer, "91", "0", "ban-dan-toc"),
        Given(Layer::kPeer, "90", "0", "so-khoa-hoc-va-cong-nghe")},
       "Điểm chấm chéo, trung bình của 3 đơn vị: ≈ 90,33/100, thưởng ≈ 0,33 điểm."},
  };
  for (const auto& c : kCases) {
    const Scored scored(nullptr, c.given);
    EXPECT_EQ(AssessmentSentence(scored.At(2, domain::khoi4_2019::kHealth)), c.sentence);
  }
}

TEST(CriterionSentenceTest, SaysWhatRoundingAndMaximaMadeOfAnAssessment) {
  const struct {
    std::vector<Assessment> given;
    void (*change)(Pact&, std::vector<Result>&);
    const char* sentence;
  } kCases[] = {
      {{Given(Layer::kBloc, "92.5", "10")}, nullptr, ""},
      {{Given(Layer::kBloc, "92.5")},
       [](Pact& pact, std::vector<Result>&) {
         pact.scheme.contents[2].rounding = domain::Rounding::ToDigits(0);
       },
       "Điểm 92,5 được làm tròn thành số nguyên: 93."},
      // Given before the scheme was amended.
      {{Given(Layer::kBloc, "92.5", "10")},
       [](Pact& pact, std::vector<Result>&) {
         pact.scheme.contents[2].max_points = 90;
         pact.scheme.contents[2].bonus_cap = 5;
       },
       "Điểm được chấm là 92,5, chỉ tính tối đa 90 điểm. Điểm thưởng là 10, chỉ tính tối đa 5 "
       "điểm."},
  };
  for (const auto& c : kCases) {
    const Scored scored(c.change, c.given);
    EXPECT_EQ(CriterionSentence(scored.At(2, domain::khoi4_2019::kHealth)), c.sentence);
  }
}

// Where a layer's points count for nothing, it would be untrue that nobody gave any.
TEST(CriterionSentenceTest, SaysWhosePointsAreAwaited) {
  const struct {
    std::vector<Layer> precedence;
    const char* sentence;
    const char* note;
  } kCases[] = {
      {{Layer::kProvince},
       "Chưa có điểm tỉnh thẩm định: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa có điểm tỉnh thẩm định cho đơn vị nào nên 100 điểm "
       "của nội dung này chưa tính vào tổng điểm được giao."},
      {{Layer::kProvince, Layer::kPeer},
       "Chưa có điểm tỉnh thẩm định hoặc điểm chấm chéo: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa có điểm tỉnh thẩm định hoặc điểm chấm chéo cho đơn vị "
       "nào nên 100 điểm của nội dung này chưa tính vào tổng điểm được giao."},
      {{Layer::kSelf, Layer::kPeer, Layer::kBloc, Layer::kProvince},
       "Chưa được chấm điểm: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa được chấm điểm cho đơn vị nào nên 100 điểm của nội "
       "dung này chưa tính vào tổng điểm được giao."},
  };
  for (const auto& c : kCases) {
    Scored scored;
    scored.pact.scheme.assessment_precedence = c.precedence;
    EXPECT_EQ(CriterionSentence(scored.At(2, domain::khoi4_2019::kHealth)), c.sentence);
    EXPECT_EQ(RankingNotes(scored.pact, scored.scores())[2], c.note);
  }
}

// ---- Every kind of rule ----

constexpr char kUnit[] = "a";

// A bloc of four under one criterion, or under what a test makes of it.
struct Bloc {
  explicit Bloc(domain::Criterion criterion) {
    criterion.id = "tieu-chi";
    if (criterion.name.empty()) criterion.name = "Tiêu chí";
    pact.scheme.contents = {std::move(criterion)};
    pact.members = {{"a", "Công an huyện A", domain::Role::kLeader},
                    {"b", "Công an huyện B", domain::Role::kDeputy},
                    {"c", "Công an huyện C", domain::Role::kMember},
                    {"d", "Công an huyện D", domain::Role::kMember}};
  }
  Bloc& Target(const char* unit, const char* actual, const char* target) {
    domain::Target one;
    one.id = absl::StrCat("t", pact.targets.size());
    one.unit = unit;
    one.criterion = "tieu-chi";
    one.value = FigureOf(target);
    domain::Result result;
    result.target = one.id;
    result.actual = FigureOf(actual);
    result.revision = 1;
    pact.targets.push_back(one);
    results.push_back(result);
    return *this;
  }
  Bloc& Points(const char* unit, Layer layer, const char* points, const char* bonus = "0",
               const char* rater = "") {
    given.push_back(
        {unit, "tieu-chi", layer, rater, *Decimal::Parse(points), *Decimal::Parse(bonus)});
    return *this;
  }
  Bloc& Figures(const char* unit, std::vector<Assessment::Figure> figures,
                Layer layer = Layer::kBloc, const char* rater = "") {
    given.push_back({unit, "tieu-chi", layer, rater, 0, 0, std::move(figures)});
    return *this;
  }
  static domain::Quantity FigureOf(const std::string& value) {
    return domain::khoi4_2019::Figure(value, "");
  }

  Pact pact;
  std::vector<Result> results;
  std::vector<Assessment> given;
};

// What is said of the first unit at the criterion.
struct Said {
  explicit Said(const Bloc& bloc) : standing(StandingOf(bloc.pact, bloc.results, bloc.given)) {
    const Spot spot = SpotOf(*standing->scored, "tieu-chi", kUnit);
    const GivenPoints given(standing->assessments, kUnit);
    derivation = DerivationSentence(spot, given);
    note = CriterionSentence(spot);
  }
  std::shared_ptr<const Standing> standing;
  std::string derivation, note;
};

domain::Criterion Of(decltype(domain::Criterion::rule) rule, Decimal max, Decimal cap = 0) {
  domain::Criterion criterion;
  criterion.max_points = max;
  criterion.bonus_cap = cap;
  criterion.rule = std::move(rule);
  return criterion;
}

domain::EventsRule Events() {
  domain::EventsRule rule;
  rule.starts_at = 10;
  rule.events = {{"phe-binh", "Bị phê bình", -3}, {"khen", "Được khen", 3, 2}};
  return rule;
}

domain::PlacesRule Places(domain::PlacesRule::Source source) {
  domain::PlacesRule rule;
  rule.source = source;
  rule.points = {60, 45, 30};
  return rule;
}

TEST(DerivationSentenceTest, SaysHowEachKindOfRuleComesToItsPoints) {
  domain::EventsRule greatest = Events();
  greatest.starts_at = 0;
  greatest.only_greatest = true;
  domain::PlacesRule averaged = Places(domain::PlacesRule::Source::kHighestMark);
  averaged.ties_share_average = true;
  domain::FormulaRule formula;
  formula.points = "max_points - 2 * figure(\"so-vu\")";
  formula.figures = {{"so-vu", "Số vụ"}};
  domain::FormulaRule of_bloc;
  of_bloc.points = "is_leader ? max_points / bloc.count(true) : 0";
  domain::AssessedRule scale;
  scale.scale_max = 10;
  domain::AssessedRule dropping;
  dropping.raters.drop_extremes = true;
  domain::TargetsRule targets;
  domain::RolesRule roles;
  roles.leader = 5;
  const struct {
    const char* what;
    Bloc bloc;
    const char* sentence;
  } kCases[] = {
      {"targets", Bloc(Of(targets, 100)).Target("a", "8", "10").Target("a", "2", "3"),
       "Cộng 2 chỉ tiêu: 40 + 33,33 ≈ 73,33 điểm."},
      {"thirds add up",
       Bloc(Of(targets, 100)).Target("a", "1", "1").Target("a", "1", "1").Target("a", "1", "1"),
       "Cộng 3 chỉ tiêu: 100/3 + 100/3 + 100/3 = 100 điểm."},
      {"assessed", Bloc(Of(domain::AssessedRule(), 30)).Points("a", Layer::kBloc, "27.25"),
       "Điểm khối chấm: 27,25/30."},
      {"scale", Bloc(Of(scale, 30)).Points("a", Layer::kProvince, "8.5"),
       "Điểm tỉnh thẩm định: 8,5/10 × 30 điểm = 25,5 điểm."},
      {"extremes",
       Bloc(Of(dropping, 30))
           .Points("a", Layer::kPeer, "20", "0", "b")
           .Points("a", Layer::kPeer, "30", "0", "c")
           .Points("a", Layer::kPeer, "27", "0", "d"),
       "Điểm chấm chéo, trung bình của 3 đơn vị (bỏ điểm cao nhất 30 và điểm thấp nhất 20): "
       "27/30."},
      {"pass", Bloc(Of(domain::PassFailRule(), 5)).Points("a", Layer::kBloc, "5"),
       "Điểm khối chấm: đạt, được 5/5 điểm."},
      {"most raters fail",
       Bloc(Of(domain::PassFailRule{2}, 5))
           .Points("a", Layer::kPeer, "5", "0", "b")
           .Points("a", Layer::kPeer, "2", "0", "c"),
       "Điểm chấm chéo: 1/2 đơn vị chấm đạt, không quá nửa: không đạt, được 2/5 điểm."},
      {"events", Bloc(Of(Events(), 10)).Figures("a", {{"phe-binh", 2}, {"khen", 3}}),
       "Số liệu khối chấm: Khởi điểm 10; Bị phê bình 2 lần × -3; Được khen 3 lần, tính 2 × 3: "
       "10 - 6 + 6 = 10 điểm."},
      {"the greatest", Bloc(Of(greatest, 10)).Figures("a", {{"phe-binh", 2}, {"khen", 1}}),
       "Số liệu khối chấm: Được khen (chỉ tính việc này): 3: 3 điểm."},
      {"nothing happened", Bloc(Of(Events(), 10)).Figures("a", {{"phe-binh", 0}}),
       "Số liệu khối chấm: Không có việc nào được ghi nhận: 10 điểm."},
      {"a place",
       Bloc(Of(Places(domain::PlacesRule::Source::kGivenPlace), 60)).Figures("a", {{"place", 2}}),
       "Số liệu khối chấm: Thứ hạng 2: 45 điểm."},
      {"a place between",
       Bloc(Of(Places(domain::PlacesRule::Source::kGivenPlace), 60))
           .Figures("a", {{"place", 1}}, Layer::kPeer, "b")
           .Figures("a", {{"place", 2}}, Layer::kPeer, "c"),
       "Số liệu chấm chéo, trung bình của 2 đơn vị: Thứ hạng trung bình 1,5, tính là hạng 2: 45 "
       "điểm."},
      {"a place beyond",
       Bloc(Of(Places(domain::PlacesRule::Source::kGivenPlace), 60)).Figures("a", {{"place", 7}}),
       "Số liệu khối chấm: Thứ hạng 7, sau hạng 3: 0 điểm."},
      {"marks",
       Bloc(Of(Places(domain::PlacesRule::Source::kHighestMark), 60))
           .Figures("a", {{"mark", 8}})
           .Figures("b", {{"mark", 9}}),
       "Số liệu khối chấm: Điểm chấm 8, xếp thứ 2/2 đơn vị có điểm chấm: 45 điểm."},
      {"equal marks",
       Bloc(Of(averaged, 60))
           .Figures("a", {{"mark", 8}})
           .Figures("b", {{"mark", 9}})
           .Figures("c", {{"mark", 8}}),
       "Số liệu khối chấm: Điểm chấm 8, xếp thứ 2/3 đơn vị có điểm chấm, đồng hạng với 1 đơn vị, "
       "lấy trung bình điểm từ hạng 2 đến hạng 3: 37,5 điểm."},
      {"a role", Bloc(Of(roles, 5)), "Khối trưởng: 5 điểm."},
      {"a formula", Bloc(Of(formula, 10)).Figures("a", {{"so-vu", 3}}),
       "Số liệu khối chấm: Theo công thức, với điểm tối đa = 10, Số vụ = 3: 4 điểm."},
      {"a formula of the bloc", Bloc(Of(of_bloc, 10)),
       "Theo công thức, với là Khối trưởng: có, điểm tối đa = 10, bloc.count(true) = 4: 2,5 "
       "điểm."},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(Said(c.bloc).derivation, c.sentence);
  }
}

TEST(DerivationSentenceTest, SaysHowTheChildrenMakeTheirParent) {
  domain::Criterion parent = Of(std::monostate(), 100, 5);
  parent.children = {{"x", "Chấp hành", "", 70, 0, {}, domain::AssessedRule()},
                     {"y", "Nề nếp", "", 30, 5, {}, domain::AssessedRule()}};
  Bloc bloc(parent);
  bloc.Points("a", Layer::kBloc, "60").Points("a", Layer::kBloc, "25.5", "2");
  bloc.given[0].criterion = "x";
  bloc.given[1].criterion = "y";
  EXPECT_EQ(Said(bloc).derivation, "Cộng 2 tiêu chí: 60 + 25,5 = 85,5 điểm, thưởng 2 điểm.");
  bloc.pact.scheme.contents[0].highest_child_only = true;
  EXPECT_EQ(Said(bloc).derivation, "Chỉ tính tiêu chí con cao điểm nhất, “Chấp hành”: 60 điểm.");
}

// One row a kind of adjustment.
TEST(AdjustmentSentenceTest, SaysWhatEachChanged) {
  domain::Criterion rounded = Of(domain::AssessedRule(), 30);
  rounded.rounding = domain::Rounding{*Decimal::Parse("0.25"), domain::RoundingMode::kDown};
  domain::Criterion missing = Of(domain::AssessedRule(), 30);
  missing.when_missing = domain::WhenMissing::kZero;
  domain::Criterion none = Of(Events(), 10);
  none.when_missing = domain::WhenMissing::kAsNone;
  domain::Criterion below = Of(Events(), 10);
  below.min_points = -5;
  domain::Criterion limited = Of(Events(), 10, 5);
  limited.limits = {{"figure(\"phe-binh\") >= 1", "bị phê bình", 30, true}};
  domain::Criterion not_assigned = Of(domain::AssessedRule(), 30);
  not_assigned.not_assigned_units = {"a"};
  domain::FormulaRule negative;
  negative.points = "1";
  negative.bonus = "0 - 2";
  Bloc voided(Of(domain::AssessedRule(), 30));
  voided.pact.voided_criteria = {"tieu-chi"};
  const struct {
    const char* what;
    Bloc bloc;
    const char* sentence;
  } kCases[] = {
      {"voided", voided,
       "Đã được đưa ra khỏi giao ước theo bản điều chỉnh: không tính cho đơn vị nào."},
      {"excluded", Bloc(not_assigned),
       "Thang bảng điểm không giao cho đơn vị này: không tính vào tổng điểm được giao."},
      {"left out", Bloc(Of(domain::AssessedRule(), 30)),
       "Chưa được chấm điểm: không tính vào tổng điểm được giao."},
      {"by default", Bloc(missing), "Chưa được chấm điểm: tính 0/30 điểm."},
      {"as none", Bloc(none), "Không có số liệu nào được ghi nhận: coi như không xảy ra."},
      {"run over", Bloc(Of(Events(), 10, 5)).Figures("a", {{"khen", 1}}),
       "Vượt tối đa 10 điểm: 3 điểm vượt chuyển thành điểm thưởng."},
      {"rounded", Bloc(rounded).Points("a", Layer::kBloc, "27.4"),
       "Điểm 27,4 được làm tròn đến bội số của 0,25 (bỏ phần lẻ): 27,25."},
      {"cut", Bloc(Of(domain::AssessedRule(), 30)).Points("a", Layer::kBloc, "31"),
       "Điểm được chấm là 31, chỉ tính tối đa 30 điểm."},
      {"raised", Bloc(below).Figures("a", {{"phe-binh", 6}}), "Điểm là -8, không tính dưới -5."},
      {"bonus raised", Bloc(Of(negative, 10, 5)), "Điểm thưởng là -2, không tính dưới 0."},
      {"bonus cut", Bloc(Of(domain::AssessedRule(), 30, 2)).Points("a", Layer::kBloc, "9", "3"),
       "Điểm thưởng là 3, chỉ tính tối đa 2 điểm."},
      {"limited", Bloc(limited).Figures("a", {{"phe-binh", 1}, {"khen", 2}}),
       "Vượt tối đa 10 điểm: 3 điểm vượt chuyển thành điểm thưởng. Áp dụng khống chế “bị phê "
       "bình”: điểm từ 10 chỉ còn 3 (tối đa 30% của 10), không tính 3 điểm thưởng."},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(Said(c.bloc).note, c.sentence);
  }
}

// A figure's average is of those who gave it, and of nobody else.
TEST(DerivationSentenceTest, SaysWhoGaveWhatNotAllGave) {
  Bloc events(Of(Events(), 10));
  events.Figures("a", {{"phe-binh", 3}}, Layer::kPeer, "b")
      .Figures("a", {{"khen", 1}}, Layer::kPeer, "c")
      .Figures("a", {{"khen", 2}}, Layer::kPeer, "d");
  EXPECT_EQ(Said(events).derivation,
            "Số liệu chấm chéo của 3 đơn vị: Khởi điểm 10; Bị phê bình (theo 1/3 đơn vị) 3 lần × "
            "-3; Được khen (trung bình của 2/3 đơn vị) 1,5 lần × 3: 10 - 9 + 4,5 = 5,5 điểm.");
  domain::FormulaRule formula;
  formula.points = "max_points - figure(\"so-vu\") - figure(\"so-luot\")";
  formula.figures = {{"so-vu", "Số vụ"}, {"so-luot", "Số lượt"}};
  Bloc of_formula(Of(formula, 10));
  of_formula.Figures("a", {{"so-vu", 3}, {"so-luot", 1}}, Layer::kPeer, "b")
      .Figures("a", {{"so-luot", 2}}, Layer::kPeer, "c");
  EXPECT_EQ(Said(of_formula).derivation,
            "Số liệu chấm chéo của 2 đơn vị: Theo công thức, với điểm tối đa = 10, Số vụ (theo 1/2 "
            "đơn vị) = 3, Số lượt (trung bình của 2/2 đơn vị) = 1,5: 5,5 điểm.");
  Bloc even(Of(Events(), 10));
  even.Figures("a", {{"phe-binh", 1}}, Layer::kPeer, "b")
      .Figures("a", {{"phe-binh", 2}}, Layer::kPeer, "c");
  EXPECT_EQ(Said(even).derivation,
            "Số liệu chấm chéo, trung bình của 2 đơn vị: Khởi điểm 10; Bị phê bình 1,5 lần × -3: "
            "10 - 4,5 = 5,5 điểm.");
}

// What nobody has assessed is not said to have been assessed.
TEST(DerivationSentenceTest, OfWhatCountsByDefaultSaysWhy) {
  domain::Criterion zero = Of(Events(), 10);
  zero.when_missing = domain::WhenMissing::kZero;
  domain::Criterion none = Of(Events(), 10);
  none.when_missing = domain::WhenMissing::kAsNone;
  domain::FormulaRule ratio;
  ratio.points = "10 / figure(\"so-vu\")";
  ratio.figures = {{"so-vu", "Số vụ"}};
  domain::Criterion absent = Of(ratio, 10);
  absent.when_missing = domain::WhenMissing::kAsNone;
  ratio.points = "10 - figure(\"so-vu\")";
  domain::Criterion present = Of(ratio, 10);
  present.when_missing = domain::WhenMissing::kAsNone;
  const struct {
    const char* what;
    domain::Criterion criterion;
    const char* derivation;
    const char* note;
  } kCases[] = {
      {"zero", zero, "Chưa được chấm điểm.", "Chưa được chấm điểm: tính 0/10 điểm."},
      {"none", none, "Không có việc nào được ghi nhận: 10 điểm.",
       "Không có số liệu nào được ghi nhận: coi như không xảy ra."},
      {"absent with zeros too", absent, "Công thức chưa tính được vì thiếu số liệu.",
       "Công thức chưa tính được vì thiếu số liệu: tính 0/10 điểm."},
      {"a formula of zeros", present, "Theo công thức, với Số vụ = 0: 10 điểm.",
       "Không có số liệu nào được ghi nhận: coi như không xảy ra."},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    const Said said{Bloc(c.criterion)};
    EXPECT_EQ(said.derivation, c.derivation);
    EXPECT_EQ(said.note, c.note);
  }
}

}  // namespace
}  // namespace thidua::scoring
