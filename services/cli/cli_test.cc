// The command's parts: tables, what a load fills in, and what a service that is away does to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include "services/cli/load.h"
#include "services/cli/pages.h"
#include "services/cli/progress.h"
#include "services/cli/table.h"
#include "services/domain/fault.h"
#include "services/platform/caller.h"
#include "services/platform/errors.h"
#include "services/platform/fake_registry_testlib.h"
#include "services/platform/freshness.h"

namespace thidua::cli {
namespace {

using platform::FakeRegistry;
using platform::FakeResults;
using registry::v1::CreateUnitRequest;
using registry::v1::RegisterTargetsRequest;
using registry::v1::SignPactRequest;
using results::v1::PutResultsRequest;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
const std::string kDecomposedSo = "So\xCC\x9B\xCC\x89";  // S, o, horn, hook above: "Sở".

// A folder of requests, gone with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "cli-test-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

absl::StatusOr<LoadOutcome> LoadFolder(const Folder& folder, platform::Caller& caller,
                                       Progress& progress) {
  const auto requests = ReadFolder(folder.path());
  if (!requests.ok()) return requests.status();
  return Load(*requests, caller, progress);
}

std::string UnitJson(const std::string& id) {
  return R"({"@type": "thidua.registry.v1.CreateUnitRequest", "unit": {"name": "units/)" + id +
         R"(", "displayName": "Sở Y tế"}})";
}

TEST(TableTest, WidthIsOfColumnsNotBytesOrCodePoints) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("Sở Lao động – TB&XH"), 19);
  EXPECT_EQ(DisplayWidth("Sở"), 2);
  EXPECT_EQ(DisplayWidth(kDecomposedSo), 2);
  EXPECT_EQ(DisplayWidth("‰"), 1);
  EXPECT_EQ(DisplayWidth("漢字"), 4);
}

TEST(TableTest, WrapsBetweenWordsAndCutsOnlyWhatIsWiderThanALine) {
  EXPECT_THAT(Wrap("một hai ba", 7), ElementsAre("một hai", "ba"));
  EXPECT_THAT(Wrap("một hai ba", 100), ElementsAre("một hai ba"));
  EXPECT_THAT(Wrap("", 10), ElementsAre(""));
  EXPECT_THAT(Wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(Wrap("405.509\xC2\xA0lượt khách", 13), ElementsAre("405.509\xC2\xA0lượt", "khách"))
      << "a no-break space keeps a figure with its measure";
}

TEST(TableTest, AMarkIsNeverPartedFromItsLetter) {
  EXPECT_THAT(Wrap(kDecomposedSo + kDecomposedSo, 2), ElementsAre(kDecomposedSo, kDecomposedSo));
}

TEST(TableTest, ColumnsStayAlignedWhateverTheLettersAreMadeOf) {
  Table table({{"Đơn vị"}, {"Điểm", Align::kRight}});
  table.Add({"Sở Du lịch", "9,5"});
  table.Add({kDecomposedSo + " Y tế", "332,3"});
  for (absl::string_view line : absl::StrSplit(table.Print(100), '\n', absl::SkipEmpty())) {
    EXPECT_EQ(DisplayWidth(line), 17) << line;
  }
}

TEST(TableTest, FitsIntoTheWidthAndLosesNoWord) {
  Table table({{"Đơn vị"}, {"Chỉ tiêu"}, {"Kết quả"}});
  table.Add({"Sở Khoa học và Công nghệ",
             "Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp và tham gia giải "
             "thưởng chất lượng quốc gia",
             "08/12 doanh nghiệp, đơn vị, đạt 66,7%"});
  const std::string printed = table.Print(80);
  for (absl::string_view line : absl::StrSplit(printed, '\n')) {
    EXPECT_LE(DisplayWidth(line), 80) << line;
  }
  for (const char* word : {"Khoa", "nghệ", "08/12", "66,7%", "gia"}) {
    EXPECT_THAT(printed, HasSubstr(word));
  }
}

TEST(PagesTest, MachineFormsAreReadTheVietnameseWay) {
  EXPECT_EQ(VietnameseNumber("332.3000"), "332,3");
  EXPECT_EQ(VietnameseNumber("650.0000"), "650");
  EXPECT_EQ(VietnameseNumber("17893"), "17.893");
  EXPECT_EQ(VietnameseNumber("100"), "100");
  EXPECT_EQ(VietnameseNumber("0"), "0");
  EXPECT_EQ(VietnameseNumber(""), "");
}

TEST(PagesTest, ARankingSaysWhetherItIsFinalAndWhetherItIsOld) {
  scoring::v1::GetRankingResponse response;
  auto& row = *response.mutable_ranking()->add_rows();
  row.set_unit_display_name("Ban Dân tộc");
  row.set_rank(1);
  row.set_points("650");
  row.set_bonus("5");
  row.set_reason("Được 655/650 điểm được giao.");
  response.mutable_ranking()->set_state(scoring::v1::Ranking::STATE_PROVISIONAL);
  EXPECT_THAT(RankingPage(response, 100), AllOf(HasSubstr("TẠM TÍNH"), HasSubstr("Được 655/650"),
                                                Not(HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"))));
  response.mutable_ranking()->set_state(scoring::v1::Ranking::STATE_FINAL);
  response.set_stale(true);
  EXPECT_THAT(RankingPage(response, 100),
              AllOf(HasSubstr("CHÍNH THỨC"), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"),
                    Not(HasSubstr("TẠM TÍNH"))));
}

TEST(PagesTest, ARankingShowsClassesWhereTheSchemeHasThem) {
  scoring::v1::GetRankingResponse response;
  auto& row = *response.mutable_ranking()->add_rows();
  row.set_unit_display_name("Ban Dân tộc");
  row.set_rank(1);
  EXPECT_THAT(RankingPage(response, 100), Not(HasSubstr("Xếp loại")));
  row.set_class_id("tot");
  row.set_class_display_name("Hoàn thành tốt");
  response.mutable_ranking()->add_rows()->set_unit_display_name("Sở Y tế");
  EXPECT_THAT(RankingPage(response, 100),
              AllOf(HasSubstr("Xếp loại"), HasSubstr("Hoàn thành tốt")));
}

TEST(PagesTest, AReviewTellsHowAPercentOnlyResultWouldStand) {
  scoring::v1::GetMidYearReviewResponse response;
  auto& line = *response.mutable_review()->add_lines();
  line.set_unit_display_name("Sở Du lịch");
  line.mutable_target()->set_display_name("Tổng doanh thu");
  line.set_sentence("trên 4.268 tỷ đồng, đạt 62,4%");
  line.set_standing(scoring::v1::ReviewLine::STANDING_NOT_COMPUTABLE);
  line.set_standing_as_stated(scoring::v1::ReviewLine::STANDING_ON_PACE);
  EXPECT_THAT(ReviewPage(response, 120),
              AllOf(HasSubstr("KHÔNG TÍNH ĐƯỢC"), HasSubstr("Theo số đơn vị nêu"),
                    HasSubstr("trên 4.268 tỷ đồng, đạt 62,4%"), HasSubstr("đúng tiến độ"),
                    Not(HasSubstr("CHẬM TIẾN ĐỘ"))));
}

TEST(PagesTest, AReviewTellsWhatIsMissingWhereAnythingIs) {
  scoring::v1::GetMidYearReviewResponse response;
  auto& line = *response.mutable_review()->add_lines();
  line.set_unit_display_name("Sở Y tế");
  line.set_standing(scoring::v1::ReviewLine::STANDING_BEHIND);
  EXPECT_THAT(ReviewPage(response, 120), Not(HasSubstr("Còn thiếu")));
  line.set_missing_sentence("Còn thiếu 17.107 lượt lao động.");
  EXPECT_THAT(ReviewPage(response, 120), HasSubstr("Còn thiếu 17.107 lượt lao động."));
}

TEST(PagesTest, AScorecardIsReadAsItWouldBeReadAloud) {
  scoring::v1::GetScorecardResponse response;
  response.mutable_scorecard()->set_text(
      "PHIẾU ĐIỂM: Sở Y tế\n"
      "Công tác thi đua: 90,33/100 điểm, thưởng 5 điểm.\n"
      "  - Điểm chấm chéo, trung bình của 3 đơn vị: ≈ 90,33/100, thưởng 5 điểm.\n");
  EXPECT_EQ(ScorecardPage(response, 50),
            "PHIẾU ĐIỂM: Sở Y tế\n"
            "Công tác thi đua: 90,33/100 điểm, thưởng 5 điểm.\n"
            "  - Điểm chấm chéo, trung bình của 3 đơn vị: ≈\n"
            "    90,33/100, thưởng 5 điểm.\n");
}

TEST(PagesTest, ANameDoesNotSteerTheTerminal) {
  scoring::v1::GetRankingResponse response;
  auto& row = *response.mutable_ranking()->add_rows();
  row.set_unit_display_name("Sở \x1b[2J\x1b[31mY\xc2\x9b tế");
  EXPECT_THAT(RankingPage(response, 100),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\xc2\x9b"))));
}

TEST(LoadTest, ARequestIdIsOfTheContentAlone) {
  CreateUnitRequest request;
  request.mutable_unit()->set_name("units/so-y-te");
  const std::string id = RequestId(request);
  EXPECT_EQ(id.size(), std::string("load-").size() + 64);
  EXPECT_EQ(RequestId(CreateUnitRequest(request)), id);
  request.mutable_unit()->set_display_name("Sở Y tế");
  EXPECT_NE(RequestId(request), id);

  SignPactRequest sign;
  RegisterTargetsRequest of_the_same_bytes;
  sign.set_pact(kPact);
  of_the_same_bytes.set_pact(kPact);
  EXPECT_NE(RequestId(sign), RequestId(of_the_same_bytes));
}

void NoteToken(Answered& answered, const std::string& token) {
  results::v1::PutResultsResponse response;
  response.set_freshness_token(token);
  answered.Note(PutResultsRequest(), response);
}

TEST(LoadTest, TokensMergeIntoTheNewestVersionOfEachResource) {
  const std::string period = std::string(kPact) + "/periods/6-thang";
  Answered answered;
  EXPECT_EQ(answered.FreshnessToken(), "");
  NoteToken(answered, platform::FreshnessToken("registry:1", kPact, 7));
  NoteToken(answered, platform::FreshnessToken("results:1", period, 2));
  NoteToken(answered, platform::FreshnessToken("registry:1", kPact, 5));  // A replay is older.
  NoteToken(answered, platform::FreshnessToken("registry:2", kPact, 1));  // Another store's count.
  const std::string year = std::string(kPact) + "/periods/nam";
  NoteToken(answered, platform::FreshnessToken("results:1", year, 9, 1000));
  NoteToken(answered, platform::FreshnessToken("results:1", year, 4, 2000));  // Restored since.
  NoteToken(answered, platform::FreshnessToken("results:1", year, 8, 1000));
  const auto vector = platform::ReadFreshnessToken(answered.FreshnessToken());
  ASSERT_TRUE(vector.ok());
  std::vector<std::string> entries;
  for (const auto& entry : vector->entries()) {
    entries.push_back(absl::StrCat(entry.store_id(), " ", entry.resource(), " ", entry.version(),
                                   " ", entry.store_epoch_ms()));
  }
  EXPECT_THAT(entries, testing::UnorderedElementsAre(absl::StrCat("registry:1 ", kPact, " 7 0"),
                                                     absl::StrCat("registry:2 ", kPact, " 1 0"),
                                                     absl::StrCat("results:1 ", period, " 2 0"),
                                                     absl::StrCat("results:1 ", year, " 4 2000")));
}

TEST(LoadTest, FillsInOnlyWhatAFileLeavesEmpty) {
  Answered answered;
  registry::v1::CreatePactResponse created;
  created.mutable_pact()->set_name(kPact);
  created.mutable_pact()->set_digest("first");
  created.set_freshness_token(platform::FreshnessToken("registry:1", kPact, 1));
  answered.Note(registry::v1::CreatePactRequest(), created);
  RegisterTargetsRequest targets;
  targets.set_pact(kPact);
  registry::v1::RegisterTargetsResponse registered;
  registered.set_digest("second");
  answered.Note(targets, registered);

  SignPactRequest sign, sign_elsewhere, sign_as_written;
  sign.set_pact(kPact);
  sign_elsewhere.set_pact("blocs/khoi-4/pacts/2020");
  sign_as_written = sign;
  sign_as_written.set_digest("as written");
  for (SignPactRequest* request : {&sign, &sign_elsewhere, &sign_as_written}) {
    answered.Fill(*request);
  }
  EXPECT_EQ(sign.digest(), "second") << "the last answer about the pact counts";
  EXPECT_EQ(sign_elsewhere.digest(), "");
  EXPECT_EQ(sign_as_written.digest(), "as written");

  PutResultsRequest put, put_as_written;
  put.set_period(std::string(kPact) + "/periods/6-thang");
  put_as_written = put;
  put_as_written.set_freshness_token("as written");
  answered.Fill(put);
  answered.Fill(put_as_written);
  EXPECT_EQ(put.freshness_token(), platform::FreshnessToken("registry:1", kPact, 1));
  EXPECT_EQ(put_as_written.freshness_token(), "as written");
}

TEST(LoadTest, AFileThatIsWrongIsNamedWithItsPlaceAndNothingIsSent) {
  struct Case {
    const char* text;
    const char* told;
  };
  const Case cases[] = {
      {"{\"@type\": ", "2.json"},
      {R"([{"unit": {}}])", "[0]: thiếu “@type”"},
      {R"([{"@type": "thidua.registry.v1.Nothing"}])", "Nothing"},
      {R"([{"@type": "thidua.registry.v1.CreateUnitRequest", "unti": 1}])", "unti"},
      {"7", "thiếu “@type”"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    Folder folder;
    folder.Write("1.json", UnitJson("so-y-te"));
    folder.Write("2.json", c.text);
    FakeRegistry registry;
    platform::Caller caller({registry.address(), "", ""}, absl::Seconds(1));
    Progress progress(false);
    const absl::Status status = LoadFolder(folder, caller, progress).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("2.json"), HasSubstr(c.told)));
    EXPECT_THAT(registry.received(), SizeIs(0));
  }
}

TEST(LoadTest, SendsTheFilesInTheOrderOfTheirNamesAndHandsAnswersOn) {
  Folder folder;
  folder.Write(
      "10-sign.json",
      R"([{"@type": "thidua.registry.v1.SignPactRequest", "pact": "blocs/khoi-4/pacts/2019",
                    "unit": "units/so-y-te"}])");
  folder.Write("01-units.json", "[" + UnitJson("so-y-te") + "," + UnitJson("so-du-lich") + "]");
  folder.Write("02-pact.json", R"({"@type": "thidua.registry.v1.CreatePactRequest",
                                   "pact": {"name": "blocs/khoi-4/pacts/2019"}})");
  folder.Write("notes.txt", "not a request");
  FakeRegistry registry;
  platform::Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  Progress progress(false);
  const auto outcome = LoadFolder(folder, caller, progress);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->requests, 4);
  EXPECT_EQ(outcome->freshness_token, platform::FreshnessToken("registry:1", kPact, 3));
  ASSERT_THAT(registry.received(), SizeIs(4));
  EXPECT_EQ(registry.Received<CreateUnitRequest>(1).unit().name(), "units/so-du-lich");
  EXPECT_EQ(registry.Received<SignPactRequest>(3).digest(), "digest-of-empty-pact");
}

TEST(LoadTest, TheOrderIsThatOfTheNamesNotOfTheFolder) {
  Folder folder;
  std::vector<std::string> names;
  // Not in order, and more than a folder would list in order by chance.
  for (int i = 0; i < 26; ++i) names.push_back(std::string(1, static_cast<char>('a' + i * 7 % 26)));
  for (const std::string& name : names) folder.Write(name + ".json", UnitJson(name));
  const auto requests = ReadFolder(folder.path());
  ASSERT_TRUE(requests.ok()) << requests.status();
  std::vector<std::string> files;
  for (const FileRequest& request : *requests) files.push_back(request.file);
  EXPECT_THAT(files, SizeIs(26));
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end()));
}

TEST(LoadTest, ASecondLoadSendsTheSameBytes) {
  Folder folder;
  folder.Write("1.json", "[" + UnitJson("so-y-te") + "," + UnitJson("so-du-lich") + "]");
  FakeRegistry registry;
  platform::Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  Progress progress(false);
  ASSERT_TRUE(LoadFolder(folder, caller, progress).ok());
  ASSERT_TRUE(LoadFolder(folder, caller, progress).ok());
  ASSERT_THAT(registry.received(), SizeIs(4));
  EXPECT_EQ(registry.received()[2], registry.received()[0]);
  EXPECT_EQ(registry.received()[3], registry.received()[1]);
}

TEST(LoadTest, AServiceThatIsAwayTwiceIsAskedAgainWithTheSameIdAndBody) {
  Folder folder;
  folder.Write("1.json", UnitJson("so-y-te"));
  FakeRegistry registry;
  registry.AnswerFirst({grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting"),
                        grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "slow")});
  platform::Caller caller({registry.address(), "", ""}, absl::Seconds(10));
  Progress progress(false);
  const auto outcome = LoadFolder(folder, caller, progress);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_THAT(registry.received(), SizeIs(3));
  EXPECT_THAT(registry.received(), Each(registry.received()[0]));
  EXPECT_THAT(registry.Received<CreateUnitRequest>(0).request_id(), HasSubstr("load-"));
}

TEST(LoadTest, ARefusalStopsTheLoadAndNamesItsFileAndIndex) {
  Folder folder;
  folder.Write("1.json", "[" + UnitJson("so-y-te") + "," + UnitJson("so-du-lich") + "]");
  folder.Write("2.json", UnitJson("so-tu-phap"));
  FakeRegistry registry;
  registry.AnswerFirst(
      {grpc::Status::OK,
       platform::ToGrpcStatus(domain::Fault{"unit.name", "UNIT_EXISTS", "Đã có."}.ToStatus(
           absl::StatusCode::kAlreadyExists))});
  platform::Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  Progress progress(false);
  const absl::Status status = LoadFolder(folder, caller, progress).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(domain::FaultsOf(status),
              ElementsAre(domain::Fault{"1.json[1].unit.name", "UNIT_EXISTS", "Đã có."}));
  EXPECT_THAT(registry.received(), SizeIs(2)) << "nothing after the refusal";
}

TEST(LoadTest, RowsRejectedInModePerUnitAreTold) {
  Folder folder;
  folder.Write("7.json", R"({"@type": "thidua.results.v1.PutResultsRequest",
                             "mode": "MODE_PER_UNIT", "rows": [{}, {}]})");
  FakeResults results;
  platform::Caller caller({"", results.address(), ""}, absl::Seconds(5));
  Progress progress(false);
  const auto outcome = LoadFolder(folder, caller, progress);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_THAT(outcome->rejected, SizeIs(1));
  EXPECT_EQ(outcome->rejected[0].path, "7.json[0].rows[1].actual");
}

TEST(LoadTest, AnUnreachableServiceIsNamedWithFileAndIndex) {
  Folder folder;
  folder.Write("1.json", UnitJson("so-y-te"));
  platform::Caller caller({"127.0.0.1:1", "", ""}, absl::Milliseconds(200));
  Progress progress(false);
  const absl::Status status = LoadFolder(folder, caller, progress).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("1.json[0]"), HasSubstr("registry")));
}

TEST(LoadTest, ABrokenJsonIsToldWithItsLine) {
  Folder folder;
  folder.Write("1.json", "{\n \"@type\" 1\n}");
  EXPECT_THAT(std::string(ReadFolder(folder.path()).status().message()), HasSubstr("line 2"));
}

TEST(LoadTest, WholeNumbersOfAFileStayExact) {
  Folder folder;
  folder.Write("1.json", R"({"@type": "thidua.registry.v1.CreateUnitRequest",
                             "unit": {"version": 9007199254740993}})");
  const auto requests = ReadFolder(folder.path());
  ASSERT_TRUE(requests.ok()) << requests.status();
  EXPECT_EQ(dynamic_cast<CreateUnitRequest&>(*(*requests)[0].message).unit().version(),
            9007199254740993);
}

}  // namespace
}  // namespace thidua::cli
