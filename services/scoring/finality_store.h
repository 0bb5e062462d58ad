// The rows of finality inside one transaction: every final with its record, and what was begun and
// is not finished. Decides nothing. Errors are the storage library's; what is not there is nothing.
// What becomes of finals is told to the trail.
#ifndef THIDUA_SERVICES_SCORING_FINALITY_STORE_H_
#define THIDUA_SERVICES_SCORING_FINALITY_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/audit/trail.h"
#include "services/scoring/final.h"
#include "services/storage/database.h"

namespace thidua::scoring {

// A period's newest final, without its bytes.
struct FinalHead {
  int64_t number = 0;
  v1::FinalRecord record;
};

// A request that was begun, on record until it is finished or refused. At most one of a period.
struct Intent {
  enum class Kind : int64_t { kFinalise = 1, kRevoke = 2 };
  std::string period;
  Kind kind = Kind::kFinalise;
  int64_t begun_at_ms = 0;
  std::string request_key;  // platform::RequestKey of its id; "" without one.
  std::string request;      // Bytes of the message, as it was sent.
  audit::Author author;     // Who sent it; of nobody when an older build put it on record.
};

class FinalityStore {
 public:
  explicit FinalityStore(storage::Transaction& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::optional<FinalHead>> Newest(absl::string_view period);
  // Of every period that has any.
  absl::StatusOr<std::vector<FinalHead>> NewestOfEach();
  absl::StatusOr<std::optional<StoredFinal>> Find(absl::string_view period, int64_t number);
  absl::StatusOr<std::optional<StoredFinal>> Find(absl::string_view period,
                                                  absl::string_view revision);
  // The newest whose number is below `before`.
  absl::StatusOr<std::optional<StoredFinal>> FindBefore(absl::string_view period, int64_t before);
  // Periods of which one was put, or what is on record of one changed, after the store's sequence
  // was there.
  absl::StatusOr<std::vector<std::string>> ChangedAfter(int64_t sequence);
  // ALREADY_EXISTS when the period has one of that number.
  absl::Status Put(const StoredFinal& stored, audit::Trail& trail);
  // What is on record of one that is there.
  absl::Status PutRecord(const FinalHead& head, audit::Trail& trail);

  absl::StatusOr<std::optional<Intent>> FindIntent(absl::string_view period);
  absl::StatusOr<std::optional<Intent>> FindIntentOfRequest(absl::string_view request_key);
  absl::StatusOr<std::vector<Intent>> Intents();
  // ALREADY_EXISTS when the period has one.
  absl::Status PutIntent(const Intent& intent);
  // Whether it was on record: when it was not, it is finished or refused.
  absl::StatusOr<bool> DeleteIntent(const Intent& intent);

 private:
  absl::StatusOr<std::optional<StoredFinal>> FindWhere(absl::string_view condition,
                                                       absl::string_view period,
                                                       const storage::Parameter& value);
  absl::StatusOr<std::vector<Intent>> IntentsWhere(absl::string_view condition,
                                                   absl::Span<const storage::Parameter> values);

  storage::Transaction& transaction_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_FINALITY_STORE_H_
