// The command `thidua-store`: for whoever looks after the services' databases.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/cli/progress.h"
#include "services/platform/flags.h"
#include "services/storage/database.h"
#include "services/whole_store/backup.h"
#include "services/whole_store/kept_backups.h"
#include "services/whole_store/restore.h"
#include "services/whole_store/served_store.h"
#include "services/whole_store/table_digest.h"

ABSL_FLAG(std::string, service, "", "registry, results-ingest or scoring");
ABSL_FLAG(std::string, database, "", "FILE or postgresql://…, as of the service");
ABSL_FLAG(std::string, database_password_file, "",
          "file with the password for postgresql://…, read at each connection");
ABSL_FLAG(std::string, data_dir, "", "the service's --data_dir");
ABSL_FLAG(
    int, keep, 0,
    "backup: how many backups of the service stay in that folder, this one among them; 0: all");
ABSL_FLAG(bool, set_aside, false,
          "restore: give the file of an old store another name first, and count above it");
ABSL_FLAG(
    std::string, replaces, "",
    "restore: where the old store is now, if it is not set aside: FILE, the folder that it is "
    "in, postgresql://… or the name alone of a database beside --database");
ABSL_FLAG(std::string, from, "", "move: FILE or postgresql://… of the store as it is");
ABSL_FLAG(std::string, to, "", "move: FILE or postgresql://… of an empty place");

namespace thidua::whole_store {
namespace {

constexpr char kUsage[] = R"(thidua-store LỆNH … – trông coi kho dữ liệu của các dịch vụ Thi Đua

  upgrade           đưa lược đồ lên phiên bản của bản cài này (take the schema forward)
  backup RA         sao lưu vào thư mục mới RA, dịch vụ vẫn chạy (a consistent copy, beside the
                    running service)
  verify BẢN-SAO    kiểm tra bản sao lưu theo manifest.json (check a backup)
  list THƯ-MỤC      các bản sao lưu trong thư mục, mới nhất trước (the backups in a folder)
  restore BẢN-SAO   dựng lại kho từ bản sao lưu, chỉ vào nơi còn trống (into an empty place only)
  move              chuyển kho sang nơi khác, ví dụ từ SQLite sang PostgreSQL; dịch vụ phải dừng,
                    kho cũ giữ nguyên (to another place; the service must not run, and nothing is
                    changed where the store was)
  digest            mã SHA-256 và số dòng của từng bảng (digests and rows of each table)
  help              trang này (this page)

  --service=TÊN     registry · results-ingest · scoring; restore, digest không cần
  --database=NƠI    TỆP hoặc postgresql://…; bỏ trống: tệp của dịch vụ trong --data_dir
  --database_password_file=TỆP
                    tệp chứa mật khẩu của PostgreSQL (a file with the password)
  --data_dir=THƯ-MỤC
                    thư mục dữ liệu của dịch vụ; backup và restore của results-ingest luôn cần, vì
                    minh chứng nằm ở đó (of results-ingest always: evidence lies there)
  --keep=N          backup: trong thư mục chứa RA chỉ giữ N bản mới nhất của dịch vụ, xóa các bản
                    cũ hơn; 0: giữ tất cả (older backups of the service beside OUT are removed)
  --set_aside       restore: đổi tên tệp kho cũ trước khi dựng lại, không xóa (an old file is given
                    another name, not removed)
  --replaces=NƠI    restore: kho cũ hiện nằm ở đâu (tệp, thư mục, postgresql://… hoặc chỉ tên cơ sở
                    dữ liệu cạnh --database), nếu không dùng --set_aside; nhờ đó kho dựng lại được coi
                    là mới hơn, dù đồng hồ máy chạy sai (where the old store is now: the restored one
                    counts above it whatever the clock says)
  --from=NƠI --to=NƠI
                    move: kho hiện nay và nơi còn trống (the store, and an empty place)
  Mọi cờ có thể đặt bằng biến môi trường THIDUA_… (any flag may stand in the environment)

  Mã thoát (exit code): 0 xong (done) · 1 từ chối, hoặc không khớp (refused, or not what it should
  be) · 2 gọi sai (wrong usage) · 3 không liên lạc được hoặc đang bận (unreachable or busy)
)";

enum ExitCode { kDone = 0, kRefused = 1, kWrongUsage = 2, kUnreachable = 3 };

void Print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int FailUsage(absl::string_view what) {
  std::fprintf(stderr, "%s\n\n%s", std::string(what).c_str(), kUsage);
  return kWrongUsage;
}

// What the libraries below say is English, and said after what it means here.
int Fail(const absl::Status& status) {
  const std::string message(status.message());
  const char* what = "";
  if (absl::IsInvalidArgument(status)) return FailUsage(message);
  if (absl::IsUnavailable(status)) what = "Kho dữ liệu không trả lời, hoặc đang bận: ";
  if (absl::IsNotFound(status) && absl::StrContains(message, "there")) {
    what = "Không có kho dữ liệu ở nơi đã nêu: ";
  }
  if (absl::IsFailedPrecondition(status) && absl::StrContains(message, "in use")) {
    what = "Dịch vụ đang chạy trên kho này, phải dừng trước: ";
  } else if (absl::IsFailedPrecondition(status) && absl::StrContains(message, "this build")) {
    what = "Kho dữ liệu do bản mới hơn ghi: ";
  }
  std::fprintf(stderr, "%s%s\n", what, message.c_str());
  return absl::IsUnavailable(status) ? kUnreachable : kRefused;
}

// On a terminal a bar; elsewhere a line now and then, of what is long.
class Told {
 public:
  Teller teller() {
    return [this](const std::string& what, int64_t done, int64_t of) {
      progress_.Show(of == 0 ? 1 : static_cast<double>(done) / static_cast<double>(of), what);
      if (!on_terminal_ && done > 0 && done % kLineEvery == 0) {
        std::fprintf(stderr, "%s: %ld/%ld\n", what.c_str(), static_cast<long>(done),
                     static_cast<long>(of));
      }
    };
  }
  ~Told() { progress_.End(); }

 private:
  static constexpr int64_t kLineEvery = 100'000;
  const bool on_terminal_ = isatty(STDERR_FILENO) != 0;
  cli::Progress progress_{on_terminal_};
};

std::string DigestLines(const std::vector<TableDigest>& tables) {
  size_t width = 0;
  for (const TableDigest& table : tables) width = std::max(width, table.table.size());
  std::string lines;
  for (const TableDigest& table : tables) {
    absl::StrAppendFormat(&lines, "%-*s %10d  %s\n", static_cast<int>(width), table.table,
                          table.rows, table.sha256);
  }
  return lines;
}

int64_t RowsOf(const std::vector<TableDigest>& tables) {
  int64_t rows = 0;
  for (const TableDigest& table : tables) rows += table.rows;
  return rows;
}

std::string Contents(const BackupMade& made) {
  const Manifest& manifest = made.manifest;
  return absl::StrCat(manifest.service, ", lúc ", manifest.taken_at, ": ", manifest.tables.size(),
                      " bảng, ", RowsOf(manifest.tables), " dòng, ", manifest.evidence.files,
                      " tệp minh chứng, ", manifest.audit_heads.size(),
                      " chuỗi nhật ký.\nSHA-256 của manifest.json: ", made.manifest_sha256, "\n");
}

absl::StatusOr<Place> PlaceOf(const ServedStore& store) {
  Place place = {absl::GetFlag(FLAGS_database), absl::GetFlag(FLAGS_database_password_file),
                 absl::GetFlag(FLAGS_data_dir)};
  if (place.database.empty() && place.data_folder.empty()) {
    return absl::InvalidArgumentError("Thiếu --database hoặc --data_dir.");
  }
  if (place.database.empty()) place.database = (place.data_folder / store.file).string();
  return place;
}

absl::Status CheckHasFolder(const ServedStore& store, const Place& place) {
  if (!store.has_evidence || !place.data_folder.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("Thiếu --data_dir: minh chứng nằm trong thư mục đó.");
}

int Upgrade(const ServedStore& store) {
  const auto place = PlaceOf(store);
  if (!place.ok()) return Fail(place.status());
  const auto database =
      storage::Database::Open(place->database, store.schema, place->password_file);
  if (!database.ok()) return Fail(database.status());
  const int64_t from = (*database)->schema_version_found(), to = (*database)->schema_version();
  Print(from == to ? absl::StrCat("Lược đồ của ", store.service, " đang ở phiên bản ", to,
                                  ", không phải đổi gì.\n")
                   : absl::StrCat("Đã đưa lược đồ của ", store.service, " từ phiên bản ", from,
                                  " lên ", to, ".\n"));
  return kDone;
}

int RunBackup(const ServedStore& store, const std::string& out) {
  const auto place = PlaceOf(store);
  if (!place.ok()) return Fail(place.status());
  if (absl::Status status = CheckHasFolder(store, *place); !status.ok()) return Fail(status);
  Told told;
  const auto made = MakeBackup(store, *place, out, told.teller());
  if (!made.ok()) return Fail(made.status());
  Print(absl::StrCat("Đã sao lưu ", Contents(*made)));
  const int keep = absl::GetFlag(FLAGS_keep);
  if (keep == 0) return kDone;
  const auto removed =
      RemoveOlderBackups(std::filesystem::absolute(out).parent_path(), store.service, keep);
  if (!removed.ok()) return Fail(removed.status());
  for (const std::filesystem::path& old : *removed) {
    Print(absl::StrCat("Đã xóa bản cũ ", old.string(), "\n"));
  }
  return kDone;
}

int RunList(const std::string& folder) {
  const auto backups = BackupsIn(folder);
  if (!backups.ok()) return Fail(backups.status());
  for (const KeptBackup& backup : *backups) {
    Print(absl::StrCat(backup.manifest.taken_at, "  ", backup.manifest.service, "  ",
                       RowsOf(backup.manifest.tables), " dòng, ", backup.manifest.evidence.files,
                       " tệp minh chứng  ", backup.path.string(), "\n"));
  }
  return kDone;
}

int RunVerify(const std::string& backup) {
  Told told;
  const auto made = VerifyBackup(backup, told.teller());
  if (!made.ok()) return Fail(made.status());
  Print(absl::StrCat("Bản sao lưu nguyên vẹn: ", Contents(*made)));
  return kDone;
}

// --replaces. A name alone is a database beside --database, or a file in the working folder.
std::string Replaced(const ServedStore& store, const Place& place) {
  const std::string said = absl::GetFlag(FLAGS_replaces);
  std::error_code error;
  if (std::filesystem::is_directory(said, error)) {
    return (std::filesystem::path(said) / store.file).string();
  }
  const size_t host = place.database.find("://");
  if (said.empty() || absl::StrContains(said, '/') || host == std::string::npos) return said;
  const size_t name = place.database.find('/', host + 3);
  const size_t end = place.database.find('?', host + 3);
  return absl::StrCat(place.database.substr(0, std::min(name, end)), "/", said,
                      end == std::string::npos ? "" : place.database.substr(end));
}

int RunRestore(const std::string& backup) {
  // Which service it is of is for the backup to say.
  const auto manifest = ReadManifest(backup);
  if (!manifest.ok()) return Fail(manifest.status());
  const std::string meant = absl::GetFlag(FLAGS_service);
  if (!meant.empty() && meant != manifest->service) {
    return FailUsage(
        absl::StrCat("Bản sao lưu là của ", manifest->service, ", không phải ", meant, "."));
  }
  const auto store = StoreOf(manifest->service);
  if (!store.ok()) return Fail(store.status());
  const auto place = PlaceOf(*store);
  if (!place.ok()) return Fail(place.status());
  if (absl::Status status = CheckHasFolder(*store, *place); !status.ok()) return Fail(status);
  Told told;
  const auto made = RestoreBackup(
      backup, *place, told.teller(),
      {.set_aside = absl::GetFlag(FLAGS_set_aside), .database = Replaced(*store, *place)});
  if (!made.ok()) return Fail(made.status());
  if (!made->old_read.ok()) {
    std::fprintf(stderr, "Không đọc được kho cũ (%s): chỉ đồng hồ máy cho biết kho nào mới hơn.\n",
                 std::string(made->old_read.message()).c_str());
  }
  Print(absl::StrCat("Đã dựng lại ", Contents(made->from)));
  return kDone;
}

int RunMove(const ServedStore& store) {
  const std::string from = absl::GetFlag(FLAGS_from), to = absl::GetFlag(FLAGS_to);
  if (from.empty() || to.empty()) return FailUsage("Thiếu --from hoặc --to.");
  Told told;
  const auto moved =
      MoveStore(store, from, to, absl::GetFlag(FLAGS_database_password_file), told.teller());
  if (!moved.ok()) return Fail(moved.status());
  Print(absl::StrCat("Nơi cũ:\n", DigestLines(moved->from), "Nơi mới:\n", DigestLines(moved->to),
                     "Đã chuyển ", store.service, ": ", RowsOf(moved->to),
                     " dòng, hai nơi khớp nhau. Nơi cũ giữ nguyên.\n"));
  if (store.has_evidence) Print("Minh chứng vẫn ở --data_dir của dịch vụ, không chuyển.\n");
  return kDone;
}

int RunDigest() {
  const std::string service = absl::GetFlag(FLAGS_service);
  Place place = {absl::GetFlag(FLAGS_database), absl::GetFlag(FLAGS_database_password_file), {}};
  if (place.database.empty()) {
    const auto store = StoreOf(service);
    if (!store.ok()) return Fail(store.status());
    const auto found = PlaceOf(*store);
    if (!found.ok()) return Fail(found.status());
    place = *found;
  }
  const auto database = storage::Database::OpenToLook(place.database, storage::Company::kItsService,
                                                      place.password_file);
  if (!database.ok()) return Fail(database.status());
  Told told;
  std::vector<TableDigest> tables;
  const absl::Status read =
      (*database)->Read([&](storage::Transaction& transaction) -> absl::Status {
        auto digests = DigestTables(transaction, told.teller());
        if (digests.ok()) tables = *std::move(digests);
        return digests.status();
      });
  if (!read.ok()) return Fail(read);
  Print(DigestLines(tables));
  return kDone;
}

int Run(const std::vector<std::string>& words) {
  const size_t given = words.size();
  const std::string command = given > 0 ? words[0] : "";
  if (command == "help") {
    Print(kUsage);
    return kDone;
  }
  if (command == "verify" && given == 2) return RunVerify(words[1]);
  if (command == "list" && given == 2) return RunList(words[1]);
  if (command == "restore" && given == 2) return RunRestore(words[1]);
  if (command == "digest" && given == 1) return RunDigest();
  if (absl::GetFlag(FLAGS_keep) < 0) return FailUsage("--keep là 0 hoặc hơn.");
  const bool sound = (command == "backup" && given == 2) ||
                     ((command == "upgrade" || command == "move") && given == 1);
  if (!sound) {
    return FailUsage(command.empty() ? "Thiếu lệnh." : absl::StrCat("Gọi sai: ", command));
  }
  const auto store = StoreOf(absl::GetFlag(FLAGS_service));
  if (!store.ok()) return Fail(store.status());
  if (command == "backup") return RunBackup(*store, words[1]);
  return command == "upgrade" ? Upgrade(*store) : RunMove(*store);
}

}  // namespace
}  // namespace thidua::whole_store

int main(int argc, char** argv) {
  namespace whole_store = thidua::whole_store;
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "--help") return whole_store::Run({"help"});
  }
  if (absl::Status status = thidua::platform::ReadFlagsFromEnvironment(); !status.ok()) {
    return whole_store::FailUsage(status.message());
  }
  const auto words = thidua::platform::ReadFlags(argc, argv);
  if (!words.ok()) return whole_store::FailUsage(words.status().message());
  return whole_store::Run(*words);
}
