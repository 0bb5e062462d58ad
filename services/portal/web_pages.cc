#include "services/portal/web_pages.h"

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/digest.h"

namespace thidua::portal {
namespace {

std::string ContentTypeOf(const std::filesystem::path& file) {
  static const std::map<std::string, std::string>& kTypes = *new std::map<std::string, std::string>{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
  };
  const auto found = kTypes.find(file.extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

// A name that carries a digest of its content never means anything else.
bool NamesItsContent(const std::string& name) {
  static const std::regex& kHashed = *new std::regex(".*-[0-9A-Za-z]{8,}\\.[a-z0-9]+");
  return std::regex_match(name, kHashed);
}

// "br, gzip"; "gzip;q=0" says no.
bool TakesGzip(absl::string_view accept_encoding) {
  for (const absl::string_view coding : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> name_and_weight =
        absl::StrSplit(coding, absl::MaxSplits(';', 1));
    if (absl::StripAsciiWhitespace(name_and_weight.first) != "gzip") continue;
    absl::string_view weight = absl::StripAsciiWhitespace(name_and_weight.second);
    double q = 1;
    return !absl::ConsumePrefix(&weight, "q=") || !absl::SimpleAtod(weight, &q) || q > 0;
  }
  return false;
}

absl::StatusOr<std::shared_ptr<const std::string>> BytesOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.good() && !in.eof())
    return absl::NotFoundError(absl::StrCat("cannot read ", file.string()));
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

absl::StatusOr<WebPages> WebPages::Read(const std::filesystem::path& folder) {
  WebPages pages;
  std::error_code error;
  std::filesystem::recursive_directory_iterator walk(folder, error);
  if (error) return absl::NotFoundError(absl::StrCat(folder.string(), ": ", error.message()));
  for (const auto& entry : walk) {
    if (!entry.is_regular_file() || entry.path().extension() == ".gz") continue;
    const auto bytes = BytesOf(entry.path());
    if (!bytes.ok()) return bytes.status();
    File file = FileOf(entry.path(), *bytes);
    const std::filesystem::path gzipped = entry.path().string() + ".gz";
    if (std::filesystem::exists(gzipped)) {
      const auto smaller = BytesOf(gzipped);
      if (!smaller.ok()) return smaller.status();
      file.gzipped = *smaller;
    }
    const std::string path =
        absl::StrCat("/", std::filesystem::relative(entry.path(), folder).generic_string());
    pages.by_path_[path] = std::move(file);
  }
  return pages;
}

WebPages::File WebPages::FileOf(const std::filesystem::path& name,
                                std::shared_ptr<const std::string> bytes) {
  File file;
  file.content_type = ContentTypeOf(name);
  // Weak: it is one for the plain and the compressed bytes.
  file.etag = absl::StrCat("W/\"", platform::Sha256Hex(*bytes).substr(0, 32), "\"");
  file.cache_control = NamesItsContent(name.filename().string())
                           ? "public, max-age=31536000, immutable"
                           : "no-cache";
  file.bytes = std::move(bytes);
  return file;
}

void WebPages::Add(const std::string& path, std::string bytes) {
  by_path_[path] = FileOf(path, std::make_shared<const std::string>(std::move(bytes)));
}

HttpReply WebPages::ReplyOf(const File& file, absl::string_view accept_encoding,
                            absl::string_view if_none_match) {
  HttpReply reply;
  reply.headers = {
      {"Cache-Control", file.cache_control}, {"ETag", file.etag}, {"Vary", "Accept-Encoding"}};
  if (absl::StrContains(if_none_match, file.etag)) {
    reply.status = 304;
    return reply;
  }
  reply.headers.emplace_back("Content-Type", file.content_type);
  if (absl::StartsWith(file.content_type, "text/html")) {
    reply.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  }
  reply.body = file.bytes;
  if (file.gzipped != nullptr && TakesGzip(accept_encoding)) {
    reply.headers.emplace_back("Content-Encoding", "gzip");
    reply.body = file.gzipped;
  }
  return reply;
}

std::optional<HttpReply> WebPages::Find(absl::string_view path, absl::string_view accept_encoding,
                                        absl::string_view if_none_match) const {
  const absl::string_view folder = absl::StripSuffix(path, "/");
  for (const std::string& candidate : {std::string(path), absl::StrCat(folder, "/index.html")}) {
    const auto found = by_path_.find(candidate);
    if (found != by_path_.end()) return ReplyOf(found->second, accept_encoding, if_none_match);
  }
  const absl::string_view last = path.substr(path.rfind('/') + 1);
  const auto first_page = by_path_.find("/index.html");
  if (absl::StrContains(last, '.') || first_page == by_path_.end()) return std::nullopt;
  return ReplyOf(first_page->second, accept_encoding, if_none_match);
}

}  // namespace thidua::portal
