#include "services/access/json_object.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace thidua::access {
namespace {

using nlohmann::json;

// Hears a document from its first byte to its last, and stops at the first fault. Not by the
// parser's own callback, which takes a time that grows with the square of a list of objects.
class Check : public json::json_sax_t {
 public:
  // Empty: none was found.
  const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(json::number_integer_t) override { return true; }
  bool number_unsigned(json::number_unsigned_t) override { return true; }
  bool number_float(json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return false; }  // No JSON has it.

  bool start_object(size_t) override { return Begin(); }
  bool key(std::string& name) override {
    return names_.back().insert(name).second || Refuse("JSON that says one name twice");
  }
  bool end_object() override { return End(); }
  bool start_array(size_t) override { return Begin(); }
  bool end_array() override { return End(); }
  bool parse_error(size_t, const std::string&, const json::exception&) override {
    return Refuse("no JSON");
  }

 private:
  bool Begin() {
    names_.emplace_back();
    return names_.size() <= size_t{kJsonObjectDepthMax} ||
           Refuse(absl::StrCat("JSON nested deeper than ", kJsonObjectDepthMax));
  }
  bool End() {
    names_.pop_back();
    return true;
  }
  bool Refuse(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  std::vector<absl::flat_hash_set<std::string>> names_;  // Of what is open.
  std::string fault_;
};

}  // namespace

absl::StatusOr<json> ReadJsonObject(absl::string_view text) {
  // The parser takes a NUL for the end, whatever comes behind it.
  if (text.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError("JSON with a NUL byte");
  }
  Check check;
  if (!json::sax_parse(text, &check)) return absl::InvalidArgumentError(check.fault());
  json read = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!read.is_object()) return absl::InvalidArgumentError("JSON that is no object");
  return read;
}

}  // namespace thidua::access
