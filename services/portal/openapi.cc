#include "services/portal/openapi.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/portal/contract_comment.h"
#include "services/portal/openapi_callers.h"
#include "services/portal/openapi_files.h"
#include "services/portal/openapi_schemas.h"
#include "services/portal/session.h"

namespace thidua::portal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::OneofDescriptor;
using google::protobuf::ServiceDescriptor;
using Json = nlohmann::ordered_json;

constexpr char kAbout[] =
    R"(Departments' pacts, results, points and rankings, as the portal serves them over HTTP.

- JSON is protobuf's: lowerCamelCase, int64 as text, enums by name, times in RFC 3339, points and percentages as text of exact decimals. Descriptions call fields as the contracts do (`page_size`); in JSON it is `pageSize`.
- Answers always carry numbers, texts, flags and lists, also 0, "" and []. A message or a member of a choice that is absent is not there at all: zero and absent are not the same.
- `freshness_token`, from any answer, handed to a later call: nothing older than that is shown.
- `request_id`, also as the header `Idempotency-Key`: the same request again is answered with the first reply.
- Errors are `Error`, with the HTTP status of their code: a stable `reason`, the fields at fault, and a Vietnamese sentence.
- Streams are server-sent events (`text/event-stream`).
- Who calls is said by a token (`Authorization: Bearer …`). Without one, what is public is answered. `Callers` tells who may ask, by roles, in the words of docs/access.md: `own bloc` is one that the role is held on, `published` what is public.)";

// The RPC whose answers the portal keeps, and tells by their ETag.
constexpr char kAskedOften[] = "thidua.scoring.v1.ScoringService.GetRanking";

constexpr char kSlug[] = "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$";
constexpr char kCounted[] = "^[1-9][0-9]*$";

// The part of a resource name that follows the name of its collection.
struct Collection {
  const char* parameter;
  const char* description;
  const char* pattern;
  const char* example;
};

// What is not in here is called by its singular, and may be anything.
const std::map<absl::string_view, Collection>& Collections() {
  static const auto* const kCollections = new std::map<absl::string_view, Collection>{
      {"awardProposals",
       {"awardProposal", "The number of the award proposal within its period.", kCounted, "1"}},
      {"blocs", {"bloc", "The id of the bloc (khối thi đua).", kSlug, "khoi-thi-dua-4"}},
      {"evidence",
       {"evidence", "The SHA-256 of the document's bytes, hexadecimal.", "^[0-9a-f]{64}$",
        nullptr}},
      {"imports", {"import", "The id of the import, chosen by who began it.", kSlug, nullptr}},
      {"ineligibilities",
       {"ineligibility", "The number of the ineligibility within its pact.", kCounted, "1"}},
      {"pacts", {"pact", "The year of the bloc's pact (giao ước).", "^[0-9]{4}$", "2019"}},
      {"periods",
       {"period", "The id of the period within its pact: `6-thang`, `nam`.", kSlug, "6-thang"}},
      {"reorganisations", {"reorganisation", "The id of the reorganisation.", kSlug, nullptr}},
      {"reports", {"report", "The number of the report within its period.", kCounted, "1"}},
      {"results", {"result", "The id of the target that the result is of.", kSlug, nullptr}},
      {"schemes", {"scheme", "The id of the scoring scheme.", kSlug, nullptr}},
      {"submissions",
       {"submission", "The id of the unit whose submission it is.", kSlug, "so-y-te"}},
      {"units", {"unit", "The id of the unit.", kSlug, "so-y-te"}},
      {"versions", {"version", "The number of the scheme's version.", kCounted, "1"}},
  };
  return *kCollections;
}

Json Reference(absl::string_view where, absl::string_view name) {
  return {{"$ref", absl::StrCat("#/components/", where, "/", name)}};
}

std::string SingularOf(absl::string_view plural) {
  if (absl::ConsumeSuffix(&plural, "ies")) return absl::StrCat(plural, "y");
  absl::ConsumeSuffix(&plural, "s");
  return std::string(plural);
}

// "BatchGetRankings" as "Batch get rankings".
std::string WordsOf(absl::string_view name) {
  std::string words;
  for (const char c : name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !words.empty()) {
      words += ' ';
      words += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else {
      words += c;
    }
  }
  return words;
}

// A path of google.api.http in OpenAPI's form. A variable there is a whole resource name, here each
// of its parts is one:
//   /v1/{period=blocs/*/pacts/*/periods/*}/ranking
//   /v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking
struct Path {
  std::string text;
  std::vector<std::string> collections;  // Of the parameters, in order.
  std::set<std::string> fields;          // Of the request, that it says: "period", "unit.name".
};

Path PathOf(absl::string_view pattern) {
  Path path;
  std::string flat;  // "/v1/blocs/*/pacts/*/periods/*/ranking"
  while (!pattern.empty()) {
    const size_t open = pattern.find('{');
    absl::StrAppend(&flat, pattern.substr(0, open));
    if (open == absl::string_view::npos) break;
    const size_t close = pattern.find('}', open);
    const std::pair<absl::string_view, absl::string_view> variable =
        absl::StrSplit(pattern.substr(open + 1, close - open - 1), absl::MaxSplits('=', 1));
    path.fields.emplace(variable.first);
    absl::StrAppend(&flat, variable.second.empty() ? "*" : variable.second);
    pattern.remove_prefix(close + 1);
  }
  std::vector<std::string> segments;
  std::string before;
  for (absl::string_view segment : absl::StrSplit(flat, '/')) {
    absl::string_view rest = segment;
    if (absl::ConsumePrefix(&rest, "*")) {
      const auto known = Collections().find(before);
      segments.push_back(absl::StrCat(
          "{", known == Collections().end() ? SingularOf(before) : known->second.parameter, "}",
          rest));
      path.collections.push_back(before);
    } else {
      segments.emplace_back(segment);
    }
    before = std::string(segment);
  }
  path.text = absl::StrJoin(segments, "/");
  return path;
}

std::string VerbOf(const HttpBinding& binding) { return absl::AsciiStrToLower(binding.verb); }

// The names of a stream's events: the members of the one choice that each message is of.
std::string EventsOf(const Descriptor& message) {
  std::vector<std::string> names;
  if (message.real_oneof_decl_count() > 0) {
    const OneofDescriptor& oneof = *message.oneof_decl(0);
    for (int i = 0; i < oneof.field_count(); ++i) {
      names.push_back(absl::StrCat("`", oneof.field(i)->json_name(), "`"));
    }
  }
  return absl::StrJoin(names, ", ");
}

Json JsonContent(Json schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

// The document while it is put together.
class Document {
 public:
  explicit Document(const Contracts& contracts) : contracts_(contracts) {}

  Json Write() {
    for (const ServiceDescriptor* service : contracts_.services()) {
      for (int i = 0; i < service->method_count(); ++i) {
        const MethodDescriptor& method = *service->method(i);
        if (!BindingsOf(method).empty()) schemas_.CarriedByRequests(*method.input_type());
      }
    }
    Json tags = Json::array();
    for (const ServiceDescriptor* service : contracts_.services()) {
      Json tag = {{"name", service->name()}};
      Describe(tag, CommentOf(*service), false);
      tags.push_back(std::move(tag));
      for (int i = 0; i < service->method_count(); ++i) AddMethod(*service->method(i));
    }
    tags.push_back(
        {{"name", kFilesTag}, {"description", "What is no JSON: tables, documents, evidence."}});
    for (FileOperation& file : FileOperations(contracts_, schemas_)) AddFile(std::move(file));
    tags.push_back({{"name", kSessionTag}, {"description", "How the pages of this site sign in."}});
    schemas_.Add("Session", SessionSchema());
    paths_[kSessionPath] = SessionOperations(Reference("schemas", "Session"));
    AddError();

    Json components = Json::object();
    components["securitySchemes"] = SecuritySchemes();
    components["schemas"] = schemas_.All();
    for (const auto& [name, parameter] : parameters_) components["parameters"][name] = parameter;
    components["responses"]["Error"] = {
        {"description", "Refused, or failed: the HTTP status follows from `error.code`."},
        {"content", JsonContent(Reference("schemas", "Error"))}};
    Json refusals = RefusalsOfCallers();
    for (auto& [name, response] : refusals.items()) {
      components["responses"][name] = std::move(response);
    }
    return {{"openapi", "3.0.3"},
            {"info", {{"title", "Thi Đua"}, {"version", "v1"}, {"description", kAbout}}},
            {"servers", Json::array({{{"url", "/"}, {"description", "The portal itself"}}})},
            {"tags", std::move(tags)},
            {"paths", std::move(paths_)},
            {"components", std::move(components)}};
  }

 private:
  void AddMethod(const MethodDescriptor& method) {
    int count = 0;
    for (const HttpBinding& binding : BindingsOf(method)) {
      const Path path = PathOf(binding.path);
      // An RPC that is asked in several ways is several operations: GetRanking, GetRanking_2.
      const std::string number = ++count == 1 ? "" : absl::StrCat("_", count);
      paths_[path.text][VerbOf(binding)] = OperationOf(method, binding, path, number);
    }
  }

  Json OperationOf(const MethodDescriptor& method, const HttpBinding& binding, const Path& path,
                   absl::string_view number) {
    const Descriptor& request = *method.input_type();
    Json operation = {{"tags", Json::array({method.service()->name()})},
                      {"operationId", absl::StrCat(method.name(), number)},
                      {"summary", WordsOf(method.name())}};
    Describe(operation, CommentOf(method), method.options().deprecated());
    operation["x-thidua-rpc"] = method.full_name();

    Json parameters = PathParameters(path);
    if (request.FindFieldByName("request_id") != nullptr && binding.verb != "GET") {
      parameters.push_back(
          Header("Idempotency-Key",
                 "`request_id` as a header: 1 to 100 printable ASCII characters. The same "
                 "request again is answered with the first reply."));
    }
    if (request.FindFieldByName("resume_token") != nullptr) {
      parameters.push_back(
          Header("Last-Event-ID",
                 "`resume_token` as a header, as a browser's EventSource sends it: goes on "
                 "from that event."));
    }
    if (binding.body != "*") {
      std::set<const Descriptor*> above;
      AddQuery(request, "", binding, path, above, parameters);
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!binding.body.empty()) {
      operation["requestBody"] = {
          {"required", true},
          {"content",
           JsonContent(binding.body == "*" ? schemas_.OfBody(request, path.fields)
                                           : schemas_.Of(*request.FindFieldByName(binding.body)))}};
    }
    operation["responses"] = {{"200", AnswerOf(method)},
                              {"default", Reference("responses", "Error")}};
    AddCallers(method, operation);
    if (method.full_name() == kAskedOften) MakeConditional(operation);
    return operation;
  }

  void MakeConditional(Json& operation) {
    operation["parameters"].push_back(Header(
        "If-None-Match", "The `ETag` of an answer: nothing is sent while it would be the same."));
    const Json text = {{"type", "string"}};
    operation["responses"]["200"]["headers"] = {
        {"ETag", {{"description", "Changes when the answer does."}, {"schema", text}}},
        {"Cache-Control",
         {{"description", "How long the answer may be shown without asking."}, {"schema", text}}}};
    Json& responses = operation["responses"];
    Json all = Json::object();
    for (auto& [status, response] : responses.items()) {
      all[status] = std::move(response);
      if (status == "200") all["304"] = {{"description", "As it was."}};
    }
    responses = std::move(all);
  }

  Json AnswerOf(const MethodDescriptor& method) {
    const Descriptor& answer = *method.output_type();
    const Json schema = schemas_.Of(answer);
    if (!method.server_streaming()) {
      return {{"description", "The answer."}, {"content", JsonContent(schema)}};
    }
    std::string about = absl::StrCat("Server-sent events. The data of each is one `", answer.name(),
                                     "` on one line, which the schema describes; the event is "
                                     "called by what the message holds: ",
                                     EventsOf(answer), ".");
    if (answer.FindFieldByName("resume_token") != nullptr) {
      absl::StrAppend(&about,
                      " Its id is the `resumeToken`. `restart`: the token that was given is not "
                      "known any more, and the "
                      "present state comes whole.");
    }
    absl::StrAppend(&about, " `error`: the data is an `Error`, and the stream ends.");
    return {{"description", about}, {"content", {{"text/event-stream", {{"schema", schema}}}}}};
  }

  Json PathParameters(const Path& path) {
    Json references = Json::array();
    for (const std::string& name : path.collections) {
      const auto known = Collections().find(name);
      Collection collection{nullptr, nullptr, "^[^/]+$", nullptr};
      if (known != Collections().end()) collection = known->second;
      const std::string parameter =
          known == Collections().end() ? SingularOf(name) : collection.parameter;
      Json schema = {{"type", "string"}, {"pattern", collection.pattern}};
      if (collection.example != nullptr) schema["example"] = collection.example;
      parameters_[parameter] = {
          {"name", parameter},
          {"in", "path"},
          {"required", true},
          {"description", collection.description != nullptr ? collection.description
                                                            : absl::StrCat("Which of ", name, ".")},
          {"schema", std::move(schema)}};
      references.push_back(Reference("parameters", parameter));
    }
    return references;
  }

  Json Header(const std::string& name, const std::string& description) {
    parameters_[name] = {{"name", name},
                         {"in", "header"},
                         {"description", description},
                         {"schema", {{"type", "string"}}}};
    return Reference("parameters", name);
  }

  // Fields that neither the path nor the body says; those of messages with a dot. A list of
  // messages has no such form, and a message within itself no end.
  void AddQuery(const Descriptor& message, const std::string& prefix, const HttpBinding& binding,
                const Path& path, std::set<const Descriptor*>& above, Json& parameters) {
    if (!above.insert(&message).second) return;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const bool top = prefix.empty();
      if (top && (field.name() == binding.body || path.fields.count(field.name()) > 0)) continue;
      const std::string name = absl::StrCat(prefix, field.json_name());
      if (field.message_type() != nullptr && !OpenApiSchemas::IsText(*field.message_type())) {
        if (!field.is_repeated()) {
          AddQuery(*field.message_type(), absl::StrCat(name, "."), binding, path, above,
                   parameters);
        }
        continue;
      }
      Json parameter = {{"name", name}, {"in", "query"}};
      Describe(parameter, CommentOf(field), field.options().deprecated());
      if (field.is_repeated()) parameter["explode"] = true;
      parameter["schema"] = schemas_.Of(field);
      parameters.push_back(std::move(parameter));
    }
    above.erase(&message);
  }

  void AddFile(FileOperation file) {
    Path path = PathOf(file.path);
    Json parameters = PathParameters(path);
    if (!file.formats.empty()) {
      absl::StrAppend(&path.text, ".{format}");
      parameters.push_back({{"name", "format"},
                            {"in", "path"},
                            {"required", true},
                            {"description", "What kind of file."},
                            {"schema", {{"type", "string"}, {"enum", file.formats}}}});
    }
    for (Json& query : file.operation["parameters"]) parameters.push_back(std::move(query));
    file.operation["parameters"] = std::move(parameters);
    file.operation["responses"]["default"] = Reference("responses", "Error");
    AddCallers(*contracts_.pool().FindMethodByName(file.rpc), file.operation);
    paths_[path.text][absl::AsciiStrToLower(file.verb)] = std::move(file.operation);
  }

  // google.rpc.Status as the portal writes it, with what the services say in it.
  void AddError() {
    Json details = Json::array();
    for (const char* name : {"google.rpc.ErrorInfo", "google.rpc.BadRequest",
                             "google.rpc.LocalizedMessage", "google.rpc.RetryInfo"}) {
      details.push_back(schemas_.OfDetail(*contracts_.pool().FindMessageTypeByName(name)));
    }
    Json properties = {
        {"code", {{"type", "integer"}, {"format", "int32"}, {"description", "The HTTP status."}}},
        {"status", {{"type", "string"}, {"description", "The code of google.rpc: `NOT_FOUND`."}}},
        {"message", {{"type", "string"}, {"description", "What is wrong, Vietnamese."}}},
        {"details",
         {{"type", "array"},
          {"description",
           "What programs look at: `ErrorInfo` first. Pass over those of another @type."},
          {"items", {{"oneOf", std::move(details)}}}}}};
    schemas_.Add("Error",
                 {{"type", "object"},
                  {"properties",
                   {{"error",
                     {{"type", "object"},
                      {"properties", std::move(properties)},
                      {"required", Json::array({"code", "status", "message", "details"})}}}}},
                  {"required", Json::array({"error"})}});
  }

  const Contracts& contracts_;
  OpenApiSchemas schemas_;
  Json paths_ = Json::object();
  std::map<std::string, Json> parameters_;  // By name.
};

}  // namespace

Json OpenApiDocument(const Contracts& contracts) { return Document(contracts).Write(); }

}  // namespace thidua::portal
