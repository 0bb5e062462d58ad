#include "services/platform/mutation.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/access/principal.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using storage::Transaction;

constexpr size_t kRequestIdLengthMax = 100;
// Old replies go a few at a time, so that no write pays for all of them.
constexpr int64_t kExpiredPerWrite = 10;

absl::Status CheckRequestId(absl::string_view request_id) {
  const bool printable =
      std::all_of(request_id.begin(), request_id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (printable && request_id.size() <= kRequestIdLengthMax) return absl::OkStatus();
  return Fault{"request_id", "REQUEST_ID_INVALID",
               "Mã yêu cầu (request_id) chỉ gồm từ 1 đến 100 ký tự ASCII in được, không có dấu "
               "cách."}
      .ToStatus();
}

std::string BodyDigest(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> body(request.New());
  body->CopyFrom(request);
  // What to wait for is not what to do.
  for (const char* name : {"request_id", "freshness_token"}) {
    const auto* field = body->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) body->GetReflection()->ClearField(body.get(), field);
  }
  return Sha256Hex(
      absl::StrCat(body->GetDescriptor()->full_name(), "\n", DeterministicBytes(*body)));
}

// The reply already given under this key; nothing when it is new.
absl::StatusOr<std::optional<std::string>> FindReply(Transaction& transaction,
                                                     absl::string_view request_key,
                                                     absl::string_view digest) {
  std::optional<std::string> reply;
  std::string known_digest;
  RETURN_IF_ERROR(transaction.Query("SELECT body_sha256, reply FROM replies WHERE request_id = $1",
                                    {request_key}, [&](const storage::Row& row) {
                                      known_digest = row.Text(0);
                                      reply = row.Text(1);
                                      return absl::OkStatus();
                                    }));
  if (reply.has_value() && known_digest != digest) {
    return Fault{"request_id", "REQUEST_ID_REUSED",
                 "Mã yêu cầu (request_id) này đã dùng cho một yêu cầu có nội dung khác."}
        .ToStatus();
  }
  return reply;
}

absl::Status StoreReply(Transaction& transaction, absl::string_view request_key,
                        absl::string_view digest, absl::string_view reply) {
  const absl::Time now = absl::Now();
  absl::Status status = transaction.Execute(
      "DELETE FROM replies WHERE request_id IN "
      "(SELECT request_id FROM replies WHERE stored_at_ms < $1 LIMIT $2)",
      {absl::ToUnixMillis(now - kRepliesKept), kExpiredPerWrite});
  if (!status.ok()) return status;
  return transaction.Execute(
      "INSERT INTO replies (request_id, body_sha256, reply, stored_at_ms) VALUES ($1, $2, $3, $4)",
      {request_key, digest, storage::Bytes{reply}, absl::ToUnixMillis(now)});
}

}  // namespace

//   replies  request_id: the key of RequestKey
const char kRepliesSchema[] = R"sql(
  CREATE TABLE replies (
    request_id TEXT PRIMARY KEY,
    body_sha256 TEXT NOT NULL,
    reply BYTEA NOT NULL,
    stored_at_ms BIGINT NOT NULL
  );
  CREATE INDEX replies_by_age ON replies (stored_at_ms);
)sql";

// An id has no space in it: a key with one is nobody's plain id.
std::string RequestKey(const audit::Author& author, absl::string_view request_id) {
  const bool told_apart =
      !author.actor.empty() && author.actor != access::Principal::Unchecked().name();
  if (!told_apart) return std::string(request_id);
  return absl::StrCat(author.actor, " ", request_id);
}

absl::StatusOr<std::optional<std::string>> FirstReplyBytes(Transaction& transaction,
                                                           const google::protobuf::Message& request,
                                                           absl::string_view request_id,
                                                           const audit::Author& author) {
  RETURN_IF_ERROR(CheckRequestId(request_id));
  if (request_id.empty()) return std::nullopt;
  return FindReply(transaction, RequestKey(author, request_id), BodyDigest(request));
}

absl::StatusOr<std::string> MutateBytes(
    storage::Database& database, ChangeFeed& feed, const google::protobuf::Message& request,
    absl::string_view request_id, bool validate_only, const audit::Author& author,
    absl::FunctionRef<absl::StatusOr<std::string>(Transaction&, audit::Trail&)> change) {
  RETURN_IF_ERROR(CheckRequestId(request_id));
  const bool remembered = !request_id.empty() && !validate_only;
  const std::string key = RequestKey(author, request_id);
  const std::string digest = remembered ? BodyDigest(request) : "";

  std::string reply;
  int64_t sequence = 0;
  bool only_validated = false;
  const absl::Status status = database.Write([&](Transaction& transaction) -> absl::Status {
    if (remembered) {
      ASSIGN_OR_RETURN(std::optional<std::string> first, FindReply(transaction, key, digest));
      if (first.has_value()) {
        reply = *std::move(first);
        return absl::OkStatus();
      }
    }
    audit::Trail trail(transaction, author, request_id);
    ASSIGN_OR_RETURN(reply, change(transaction, trail));
    RETURN_IF_ERROR(trail.Close());
    if (validate_only) {
      only_validated = true;
      return absl::CancelledError("validate_only");  // Rolls the transaction back.
    }
    if (remembered) RETURN_IF_ERROR(StoreReply(transaction, key, digest, reply));
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    return absl::OkStatus();
  });
  if (!status.ok() && !only_validated) return status;
  feed.Advance(sequence);
  return reply;
}

}  // namespace thidua::platform
