#include "services/platform/admission.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "google/rpc/error_info.pb.h"
#include "services/domain/fault.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using domain::FaultsOf;
using google::protobuf::Message;
using registry::v1::CreateUnitRequest;
using registry::v1::PublishSchemeRequest;
using results::v1::PutResultsRequest;

// "ở" in one code point, and as o, horn, hook above.
constexpr char kComposed[] = "Sở Y tế";
constexpr char kDecomposed[] = "So\u031b\u0309 Y te\u0302\u0301";
constexpr char kNotUtf8[] = "S\xde Y t\xd5";  // As a spreadsheet in an old code page saves it.

Fault FaultOf(const absl::Status& status) {
  const std::vector<Fault> faults = FaultsOf(status);
  return faults.size() == 1 ? faults[0] : Fault{"no single fault", status.ToString(), ""};
}

// A request with one text set somewhere in it, and how that place is called.
struct Place {
  const char* path;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> admitted;
};

template <typename Request>
void AddPlace(const char* path, const Request& request, std::vector<Place>& places) {
  places.push_back({path, std::make_unique<Request>(request), std::make_unique<Request>()});
}

std::vector<Place> PlacesHolding(const std::string& text) {
  std::vector<Place> places;
  {
    CreateUnitRequest request;
    request.set_request_id(text);
    AddPlace("request_id", request, places);
  }
  {
    CreateUnitRequest request;
    request.mutable_unit()->set_display_name(text);
    AddPlace("unit.display_name", request, places);
  }
  {
    CreateUnitRequest request;
    request.mutable_unit()->add_aliases()->set_text("Sở Y tế tỉnh");
    request.mutable_unit()->add_aliases()->set_text(text);
    AddPlace("unit.aliases[1].text", request, places);
  }
  {
    CreateUnitRequest request;
    request.mutable_unit()->add_identifiers()->set_value("000.00.10.H33");
    request.mutable_unit()->add_identifiers()->set_value(text);
    AddPlace("unit.identifiers[1].value", request, places);
  }
  {
    PublishSchemeRequest request;
    request.mutable_scheme()->add_contents()->add_children()->set_display_name("Chỉ tiêu");
    request.mutable_scheme()->mutable_contents(0)->add_children()->set_display_name(text);
    AddPlace("scheme.contents[0].children[1].display_name", request, places);
  }
  {
    PutResultsRequest request;
    for (int i = 0; i < 3; ++i) request.add_rows()->set_target("blocs/a");
    request.mutable_rows(2)->mutable_actual()->set_text(text);
    AddPlace("rows[2].actual.text", request, places);
  }
  {
    PutResultsRequest request;
    request.add_rows()->add_acknowledged_warnings("PERCENT_DISAGREES");
    request.mutable_rows(0)->add_acknowledged_warnings(text);
    AddPlace("rows[0].acknowledged_warnings[1]", request, places);
  }
#ifndef __SANITIZE_THREAD__  // Under which a map has another layout than in Debian's libprotobuf.
  {
    google::rpc::ErrorInfo request;  // No request of the contracts has a map yet.
    (*request.mutable_metadata())["key"] = text;
    AddPlace("metadata[0].value", request, places);
  }
#endif
  return places;
}

TEST(AdmissionTest, BringsTextsToNfcWhereverTheyStand) {
  std::vector<Place> typed = PlacesHolding(kDecomposed);
  const std::vector<Place> wanted = PlacesHolding(kComposed);
  for (size_t i = 0; i < typed.size(); ++i) {
    SCOPED_TRACE(typed[i].path);
    ASSERT_TRUE(AdmitRequest(typed[i].request->SerializeAsString(), *typed[i].admitted).ok());
    EXPECT_EQ(typed[i].admitted->DebugString(), wanted[i].request->DebugString());
  }
}

TEST(AdmissionTest, ComposesCanonicallyOnly) {
  const struct {
    const char* typed;
    const char* admitted;
  } kCases[] = {
      {"o\u0309\u031b", "ở"},        // The marks in the other order.
      {"ơ\u0309", "ở"},              // The horn already composed.
      {"D\u0302\u0323", "Ḍ\u0302"},  // No single letter for all of it.
      {kComposed, kComposed},        // As it is.
      {"km² ½ ﬁ ‰", "km² ½ ﬁ ‰"},    // NFC, not NFKC: what a unit wrote is not restyled.
      {"plain ASCII", "plain ASCII"},
      {"", ""},
  };
  for (const auto& c : kCases) {
    CreateUnitRequest request;
    request.mutable_unit()->set_display_name(c.typed);
    CreateUnitRequest admitted;
    ASSERT_TRUE(AdmitRequest(request.SerializeAsString(), admitted).ok());
    EXPECT_EQ(admitted.unit().display_name(), c.admitted);
  }
}

TEST(AdmissionTest, NamesTheFieldThatIsNotUtf8) {
  const google::protobuf::LogSilencer silence;
  for (Place& place : PlacesHolding(kNotUtf8)) {
    const absl::Status status = AdmitRequest(place.request->SerializeAsString(), *place.admitted);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FaultOf(status).path, place.path);
    EXPECT_EQ(FaultOf(status).reason, "TEXT_NOT_UTF8");
  }
}

TEST(AdmissionTest, TakesNoFormOfBrokenUtf8) {
  const google::protobuf::LogSilencer silence;
  const char* const kBroken[] = {
      "\x80",              // A continuation without a beginning.
      "t\xe1\xbb",         // Cut in the middle.
      "\xc0\xaf",          // Overlong.
      "\xed\xa0\x80",      // Half of a surrogate pair.
      "\xf4\x90\x80\x80",  // Beyond U+10FFFF.
      "\xff",
  };
  for (const char* text : kBroken) {
    CreateUnitRequest request;
    request.mutable_unit()->set_display_name(text);
    CreateUnitRequest admitted;
    const absl::Status status = AdmitRequest(request.SerializeAsString(), admitted);
    EXPECT_EQ(FaultOf(status).path, "unit.display_name");
    EXPECT_EQ(FaultOf(status).reason, "TEXT_NOT_UTF8");
  }
}

TEST(AdmissionTest, NamesTheFieldThatIsTooLong) {
  for (Place& place : PlacesHolding(std::string(kTextBytesMax + 1, 'a'))) {
    const absl::Status status = AdmitRequest(place.request->SerializeAsString(), *place.admitted);
    EXPECT_EQ(FaultOf(status).path, place.path);
    EXPECT_EQ(FaultOf(status).reason, "TOO_LONG");
  }
  for (Place& place : PlacesHolding(std::string(kTextBytesMax, 'a'))) {
    EXPECT_TRUE(AdmitRequest(place.request->SerializeAsString(), *place.admitted).ok())
        << place.path;
  }
}

TEST(AdmissionTest, RefusesBytesThatAreNoMessage) {
  CreateUnitRequest sound;
  sound.mutable_unit()->set_display_name(kComposed);
  const std::string bytes = sound.SerializeAsString();
  const std::string kGarbage[] = {
      "\xff\xff\xff\xff",   "{\"unit\": {\"display_name\": \"Sở Y tế\"}}",
      std::string(1, '\0'), bytes.substr(0, bytes.size() - 1),
      bytes + "\x0a",
  };
  for (const std::string& garbage : kGarbage) {
    CreateUnitRequest request;
    const absl::Status status = AdmitRequest(garbage, request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FaultOf(status).path, "");
    EXPECT_EQ(FaultOf(status).reason, "REQUEST_UNREADABLE");
  }
}

TEST(AdmissionTest, AdmitsAnEmptyRequest) {
  CreateUnitRequest request;
  EXPECT_TRUE(AdmitRequest("", request).ok());
}

// What this build does not know might be stored now and mean something later.
TEST(AdmissionTest, RefusesFieldsAndEnumValuesOfALaterContract) {
  CreateUnitRequest request;
  const absl::Status field = AdmitRequest("\xc2\x3e\x01\xff", request);  // Field 1000.
  ASSERT_FALSE(domain::FaultsOf(field).empty());
  EXPECT_EQ(domain::FaultsOf(field)[0].reason, "FIELD_UNKNOWN");

  CreateUnitRequest later;
  later.mutable_unit()->set_kind(static_cast<registry::v1::Unit::Kind>(77));
  const absl::Status value = AdmitRequest(later.SerializeAsString(), request);
  ASSERT_FALSE(domain::FaultsOf(value).empty());
  EXPECT_EQ(domain::FaultsOf(value)[0].path, "unit.kind");
  EXPECT_EQ(domain::FaultsOf(value)[0].reason, "ENUM_UNKNOWN");
}

// A message within itself for ever costs its sender a few bytes a level: neither our stack nor our
// memory may pay for it.
TEST(AdmissionTest, RefusesEndlessNesting) {
  std::string nested;
  for (int depth = 0; depth < 200'000; ++depth) {
    // Criterion.children = 6, written from the inside out, so back to front here.
    std::string size;
    for (size_t rest = nested.size(); true; rest >>= 7) {
      if (rest < 0x80) {
        size += static_cast<char>(rest);
        break;
      }
      size += static_cast<char>((rest & 0x7f) | 0x80);
    }
    nested.append(size.rbegin(), size.rend());
    nested += '\x32';
  }
  registry::v1::Criterion request;
  const absl::Status status = AdmitRequest(std::string(nested.rbegin(), nested.rend()), request);
  EXPECT_EQ(FaultOf(status).reason, "REQUEST_UNREADABLE");
}

}  // namespace
}  // namespace thidua::platform
