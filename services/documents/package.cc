#include "services/documents/package.h"

#include <zip.h>

#include <cstdio>
#include <cstdlib>

namespace thidua::documents {
namespace {

// Of a ZIP file in memory nothing fails but memory itself.
void Require(bool done) {
  if (done) return;
  std::fputs("a document could not be packed: out of memory\n", stderr);
  std::abort();
}

}  // namespace

std::string Package(const std::vector<std::pair<std::string, std::string>>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, &error);
  Require(memory != nullptr);
  zip_source_keep(memory);  // Read from after the archive is closed.
  zip_t* zip = zip_open_from_source(memory, ZIP_TRUNCATE, &error);
  Require(zip != nullptr);
  for (const auto& [name, bytes] : parts) {
    zip_source_t* part = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    Require(part != nullptr);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), part, ZIP_FL_ENC_UTF_8);
    Require(index >= 0);
    const auto at = static_cast<zip_uint64_t>(index);
    constexpr zip_uint16_t kMidnight = 0, kFirstDay = (1 << 5) | 1;  // 1 January 1980
    Require(zip_file_set_dostime(zip, at, kMidnight, kFirstDay, 0) == 0);
    Require(zip_set_file_compression(zip, at, ZIP_CM_DEFLATE, 6) == 0);
  }
  Require(zip_close(zip) == 0);
  std::string package;
  Require(zip_source_open(memory) == 0);
  zip_source_seek(memory, 0, SEEK_END);
  package.resize(static_cast<size_t>(zip_source_tell(memory)));
  zip_source_seek(memory, 0, SEEK_SET);
  Require(zip_source_read(memory, package.data(), package.size()) ==
          static_cast<zip_int64_t>(package.size()));
  zip_source_close(memory);
  zip_source_free(memory);
  zip_error_fini(&error);
  return package;
}

}  // namespace thidua::documents
