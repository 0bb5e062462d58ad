// What a DOCX holds: its parts, and their XML as a list of elements. For tests.
#ifndef THIDUA_SERVICES_DOCUMENTS_DOCX_PARTS_TESTLIB_H_
#define THIDUA_SERVICES_DOCUMENTS_DOCX_PARTS_TESTLIB_H_

#include <expat.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <map>
#include <string>
#include <vector>

namespace thidua::documents {

inline std::map<std::string, std::string> PartsOf(const std::string& docx) {
  std::map<std::string, std::string> parts;
  zip_error_t error;
  zip_source_t* bytes = zip_source_buffer_create(docx.data(), docx.size(), 0, &error);
  zip_t* zip = zip_open_from_source(bytes, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  EXPECT_NE(zip, nullptr);
  if (zip == nullptr) return parts;
  for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(zip, static_cast<zip_uint64_t>(i), 0, &stat);
    std::string& part = parts[stat.name];
    part.resize(stat.size);
    zip_file_t* file = zip_fopen_index(zip, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, part.data(), stat.size), static_cast<zip_int64_t>(stat.size));
    zip_fclose(file);
  }
  zip_discard(zip);
  return parts;
}

// Begin or end of an element, or text.
struct XmlEvent {
  std::string begin;
  std::string end;
  std::string text;
  std::map<std::string, std::string> attributes;
};

// Fails the test when the XML is not well-formed.
inline std::vector<XmlEvent> EventsOf(const std::string& xml) {
  std::vector<XmlEvent> events;
  XML_Parser parser = XML_ParserCreate(nullptr);
  XML_SetUserData(parser, &events);
  XML_SetElementHandler(
      parser,
      [](void* to, const char* name, const char** attributes) {
        XmlEvent event{name, "", "", {}};
        for (; *attributes != nullptr; attributes += 2) {
          event.attributes[attributes[0]] = attributes[1];
        }
        static_cast<std::vector<XmlEvent>*>(to)->push_back(event);
      },
      [](void* to, const char* name) {
        static_cast<std::vector<XmlEvent>*>(to)->push_back({"", name, "", {}});
      });
  XML_SetCharacterDataHandler(parser, [](void* to, const char* text, int size) {
    auto& all = *static_cast<std::vector<XmlEvent>*>(to);
    if (all.empty() || !all.back().begin.empty() || !all.back().end.empty()) all.push_back({});
    all.back().text.append(text, static_cast<size_t>(size));
  });
  EXPECT_EQ(XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1), XML_STATUS_OK)
      << XML_ErrorString(XML_GetErrorCode(parser)) << " at line "
      << XML_GetCurrentLineNumber(parser) << " column " << XML_GetCurrentColumnNumber(parser);
  XML_ParserFree(parser);
  return events;
}

// The text of each paragraph.
inline std::vector<std::string> ParagraphsOf(const std::vector<XmlEvent>& events) {
  std::vector<std::string> paragraphs;
  for (const XmlEvent& event : events) {
    if (event.begin == "w:p") paragraphs.emplace_back();
    if (event.begin == "w:br") paragraphs.back() += "\n";
    if (!event.text.empty() && !paragraphs.empty()) paragraphs.back() += event.text;
  }
  return paragraphs;
}

inline int CountOf(const std::vector<XmlEvent>& events, const std::string& element) {
  int count = 0;
  for (const XmlEvent& event : events) count += event.begin == element;
  return count;
}

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_DOCX_PARTS_TESTLIB_H_
