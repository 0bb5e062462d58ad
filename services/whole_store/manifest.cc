#include "services/whole_store/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"

namespace thidua::whole_store {
namespace {

using nlohmann::ordered_json;
using storage::Row;

constexpr int kFormat = 1;

ordered_json ToJson(const Manifest::AuditHead& head) {
  ordered_json json;
  if (!head.root.empty()) json["root"] = head.root;
  json["number"] = head.number;
  json["hash"] = head.hash;
  return json;
}

Manifest::AuditHead HeadOf(const ordered_json& json) {
  return {json.value("root", ""), json.at("number").get<int64_t>(),
          json.at("hash").get<std::string>()};
}

}  // namespace

absl::StatusOr<Manifest> ReadManifestOf(storage::Transaction& transaction,
                                        std::vector<TableDigest> tables) {
  Manifest manifest;
  manifest.tables = std::move(tables);
  RETURN_IF_ERROR(transaction.Query(
      "SELECT store_id, epoch_ms, sequence, schema_version FROM store", {}, [&](const Row& row) {
        manifest.store_id = row.Text(0);
        manifest.store_epoch_ms = row.Integer(1);
        manifest.sequence = row.Integer(2);
        manifest.schema_version = row.Integer(3);
        return absl::OkStatus();
      }));
  const bool has_audit =
      std::any_of(manifest.tables.begin(), manifest.tables.end(),
                  [](const TableDigest& table) { return table.table == "audit_heads"; });
  if (!has_audit) return manifest;  // From before there was one.
  RETURN_IF_ERROR(transaction.Query(
      "SELECT root, number, hash FROM audit_heads ORDER BY root", {}, [&](const Row& row) {
        manifest.audit_heads.push_back({row.Text(0), row.Integer(1), row.Text(2)});
        return absl::OkStatus();
      }));
  // Put in order by bytes, whatever the engine does.
  std::sort(manifest.audit_heads.begin(), manifest.audit_heads.end(),
            [](const auto& a, const auto& b) { return a.root < b.root; });
  RETURN_IF_ERROR(
      transaction.Query("SELECT number, hash FROM audit_checkpoints ORDER BY number DESC LIMIT 1",
                        {}, [&](const Row& row) {
                          manifest.audit_checkpoint = {"", row.Integer(0), row.Text(1)};
                          return absl::OkStatus();
                        }));
  return manifest;
}

std::string PrintManifest(const Manifest& manifest) {
  ordered_json json;
  json["format"] = kFormat;
  json["service"] = manifest.service;
  json["taken_at"] = manifest.taken_at;
  json["store_id"] = manifest.store_id;
  json["store_epoch_ms"] = manifest.store_epoch_ms;
  json["sequence"] = manifest.sequence;
  json["schema_version"] = manifest.schema_version;
  for (const TableDigest& table : manifest.tables) {
    json["tables"].push_back(
        {{"table", table.table}, {"rows", table.rows}, {"sha256", table.sha256}});
  }
  json["evidence"] = {{"files", manifest.evidence.files}, {"bytes", manifest.evidence.bytes}};
  json["audit_checkpoint"] = ToJson(manifest.audit_checkpoint);
  json["audit_heads"] = ordered_json::array();
  for (const Manifest::AuditHead& head : manifest.audit_heads) {
    json["audit_heads"].push_back(ToJson(head));
  }
  return json.dump(/*indent=*/1) + "\n";
}

absl::StatusOr<Manifest> ParseManifest(const std::string& text) try {
  const ordered_json json = ordered_json::parse(text);
  if (json.at("format").get<int>() != kFormat) {
    return absl::FailedPreconditionError(
        "Bản sao lưu ở dạng mà bản thidua-store này chưa biết: hãy dùng bản mới hơn.");
  }
  Manifest manifest;
  json.at("service").get_to(manifest.service);
  json.at("taken_at").get_to(manifest.taken_at);
  json.at("store_id").get_to(manifest.store_id);
  json.at("store_epoch_ms").get_to(manifest.store_epoch_ms);
  json.at("sequence").get_to(manifest.sequence);
  json.at("schema_version").get_to(manifest.schema_version);
  for (const ordered_json& table : json.at("tables")) {
    manifest.tables.push_back({table.at("table").get<std::string>(),
                               table.at("rows").get<int64_t>(),
                               table.at("sha256").get<std::string>()});
  }
  manifest.evidence = {json.at("evidence").at("files").get<int64_t>(),
                       json.at("evidence").at("bytes").get<int64_t>()};
  manifest.audit_checkpoint = HeadOf(json.at("audit_checkpoint"));
  for (const ordered_json& head : json.at("audit_heads")) {
    manifest.audit_heads.push_back(HeadOf(head));
  }
  return manifest;
} catch (const ordered_json::exception&) {
  return absl::DataLossError("manifest.json của bản sao lưu không đọc được.");
}

}  // namespace thidua::whole_store
