// The pages that people look at: static files, read once at the start.
#ifndef THIDUA_SERVICES_PORTAL_WEB_PAGES_H_
#define THIDUA_SERVICES_PORTAL_WEB_PAGES_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/portal/http_exchange.h"

namespace thidua::portal {

// Nothing but what the portal itself serves: no inline script or style, no other host.
inline constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// Thread-safe once all is added.
class WebPages {
 public:
  // Every file below the folder; "x.gz" beside "x" is x for those who take gzip. None where it is
  // empty. NOT_FOUND when there is no such folder.
  static absl::StatusOr<WebPages> Read(const std::filesystem::path& folder);

  // A file that lies in no folder.
  void Add(const std::string& path, std::string bytes);

  // The file at the path; the index.html of a folder; the first page for any other path whose last
  // part has no ending, as the pages find their way from the address themselves. nullopt: nothing
  // is there.
  std::optional<HttpReply> Find(absl::string_view path, absl::string_view accept_encoding,
                                absl::string_view if_none_match) const;

 private:
  struct File {
    std::string content_type;
    std::string etag;
    std::string cache_control;
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const std::string> gzipped;  // Null: none.
  };
  static File FileOf(const std::filesystem::path& name, std::shared_ptr<const std::string> bytes);
  static HttpReply ReplyOf(const File& file, absl::string_view accept_encoding,
                           absl::string_view if_none_match);

  absl::flat_hash_map<std::string, File> by_path_;  // "/assets/main-3f79bb7b.js"
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_WEB_PAGES_H_
