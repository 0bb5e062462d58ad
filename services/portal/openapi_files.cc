#include "services/portal/openapi_files.h"

#include <utility>

namespace thidua::portal {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kXlsx[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr char kDocx[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr char kCsv[] = "text/csv";
constexpr char kNotOlder[] = "Nothing older than this.";
constexpr char kPeriod[] = "{period=blocs/*/pacts/*/periods/*}";

Json Text() { return {{"type", "string"}}; }
Json Count() { return {{"type", "string"}, {"format", "int64"}}; }
Json Bytes() { return {{"type", "string"}, {"format", "binary"}}; }
Json ListOf(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json Described(Json schema, const char* description) {
  schema["description"] = description;
  return schema;
}

// Everything in it is always there.
Json Object(Json properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

Json Query(const char* name, bool required, const char* description) {
  return {{"name", name},
          {"in", "query"},
          {"description", description},
          {"required", required},
          {"schema", Text()}};
}

Json BytesOf(const std::vector<const char*>& media_types) {
  Json content = Json::object();
  for (const char* type : media_types) content[type] = {{"schema", Bytes()}};
  return content;
}

Json Operation(const char* id, const char* summary, const char* description) {
  return {{"tags", Json::array({kFilesTag})},
          {"operationId", id},
          {"summary", summary},
          {"description", description},
          {"parameters", Json::array()}};
}

Json Body(const char* description, Json content) {
  return {{"description", description}, {"required", true}, {"content", std::move(content)}};
}

Json Answer(const char* description, Json content) {
  return {{"200", {{"description", description}, {"content", std::move(content)}}}};
}

// Its name comes with it.
Json Download(const std::vector<const char*>& media_types) {
  Json answer = Answer("The file.", BytesOf(media_types));
  answer["200"]["headers"]["Content-Disposition"] = {
      {"description", "Whether it is to be saved, and the file's name in UTF-8 (RFC 6266)."},
      {"schema", Text()}};
  return answer;
}

Json JsonOf(Json schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

// What POST …/results answers.
Json FilePlan(Json import) {
  const Json column = Object({{"field", Described(Text(), "As in a fault: `ACTUAL`.")},
                              {"letter", Described(Text(), "`D`")},
                              {"title", Described(Text(), "As it stands in the file's head.")}});
  const Json passed_over =
      Object({{"withoutFigure", Described(Count(), "Rows without a figure.")},
              {"notConfirmed", Described(Count(),
                                         "Rows whose figure was read out of prose "
                                         "and not confirmed by a person.")}});
  Describe(import, "The plan, to be looked at and committed.", false);
  return Object(
      {{"import", std::move(import)},
       {"freshnessToken", Described(Text(), "Empty: nothing was stored.")},
       {"knownRows",
        Described(Count(), "Rows that an earlier upload of this import had brought already.")},
       {"passedOver", passed_over},
       {"unknownColumns", Described(ListOf(Text()), "Titles of columns that are not read.")},
       {"columns", Described(ListOf(column), "Which column each field was read from.")}});
}

}  // namespace

std::vector<FileOperation> FileOperations(const Contracts& contracts, OpenApiSchemas& schemas) {
  const auto message = [&](const char* name) {
    return schemas.Of(*contracts.pool().FindMessageTypeByName(name));
  };
  const std::string period = kPeriod;
  const std::string kResults = "thidua.results.v1.ResultsService.";
  const std::string kScoring = "thidua.scoring.v1.ScoringService.";
  std::vector<FileOperation> edges;

  Json plan = Operation(
      "PlanResultsFile", "Plan an import of a file of results",
      "Reads a workbook or a CSV text, whatever it is called, and plans its import (ImportResults, "
      "mode PLAN): "
      "nothing is stored. What would become of each row is told by ListImportOutcomes, and "
      "CommitImport stores it. INVALID_ARGUMENT names the place in the file: `Kết quả!B17`, `dòng "
      "4`.");
  plan["parameters"] = Json::array(
      {Query("fileName", false, "As the official's file is called."),
       Query("import", false,
             "`imports/{import}`, or its id. Empty: made of the bytes, so that the same file twice "
             "is the same import."),
       Query("sheet", false, "The workbook's sheet; empty: the first."),
       Query("columns", false,
             "Columns by letter, where their titles do not tell: `Kết quả=D,Đơn vị=A`."),
       Query("freshnessToken", false, "As in PutResultsRequest.")});
  plan["requestBody"] =
      Body("The file's bytes, at most 32 MiB.", BytesOf({kXlsx, kCsv, "application/octet-stream"}));
  schemas.Add("ResultsFilePlan", FilePlan(message("thidua.results.v1.Import")));
  plan["responses"] =
      Answer("The plan.", JsonOf({{"$ref", "#/components/schemas/ResultsFilePlan"}}));
  edges.push_back({"POST",
                   "/files/v1/" + period + "/results",
                   {},
                   kResults + "ImportResults",
                   std::move(plan)});

  Json results =
      Operation("DownloadResults", "Download results",
                "The results of a period as a table, one row a target; an import takes it back.");
  results["parameters"] = Json::array({Query("freshnessToken", false, kNotOlder)});
  results["responses"] = Download({kXlsx, kCsv});
  edges.push_back({"GET",
                   "/files/v1/" + period + "/results",
                   {"xlsx", "csv"},
                   kResults + "GetPeriodInputs",
                   std::move(results)});

  Json ranking = Operation("DownloadRanking", "Download ranking",
                           "The ranking that is shown, as a table: one row a unit.");
  ranking["parameters"] = Json::array({Query("freshnessToken", false, kNotOlder),
                                       Query("revision", false, "As in GetRankingRequest.")});
  ranking["responses"] = Download({kXlsx, kCsv});
  edges.push_back({"GET",
                   "/files/v1/" + period + "/ranking",
                   {"xlsx", "csv"},
                   kScoring + "GetRanking",
                   std::move(ranking)});

  Json report = Operation(
      "DownloadReport", "Download report",
      "A report's document, laid out after Nghị định 30/2020/NĐ-CP. Of a final report the "
      "bytes are as they were when it became final.");
  report["responses"] = Download({kDocx, "text/html", "text/plain"});
  edges.push_back({"GET",
                   "/files/v1/{report=blocs/*/pacts/*/periods/*/reports/*}",
                   {"docx", "html", "txt"},
                   kScoring + "GetReport",
                   std::move(report)});

  Json upload = Operation(
      "UploadEvidence", "Upload evidence",
      "Stores a document behind a figure. The same bytes of the same pact are stored once, as "
      "they were first called.");
  upload["parameters"] = Json::array(
      {Query("fileName", true, "As in Evidence; its ending says what kind of document it is."),
       Query("unit", true, "`units/{unit}`, or its id: the member that hands it in.")});
  upload["requestBody"] =
      Body("The document's bytes, at most 100 MiB.", BytesOf({"application/octet-stream"}));
  upload["responses"] =
      Answer("The document's record.", JsonOf(message("thidua.results.v1.Evidence")));
  edges.push_back({"POST",
                   "/files/v1/{pact=blocs/*/pacts/*}/evidence",
                   {},
                   kResults + "UploadEvidence",
                   std::move(upload)});

  Json evidence = Operation("DownloadEvidence", "Download evidence",
                            "The bytes of a document behind a figure, as they were uploaded.");
  evidence["responses"] = Download({"*/*"});
  edges.push_back({"GET",
                   "/files/v1/{evidence=blocs/*/pacts/*/evidence/*}",
                   {},
                   kResults + "DownloadEvidence",
                   std::move(evidence)});
  return edges;
}

}  // namespace thidua::portal
