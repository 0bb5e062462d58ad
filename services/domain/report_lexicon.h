// The words by which a report's numbers are told apart, each set with why. report_text.cc says how
// they are used; a province's own words are added here.
//
// Built once, never changed: safe from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_REPORT_LEXICON_H_
#define THIDUA_SERVICES_DOMAIN_REPORT_LEXICON_H_

#include "services/domain/report_tokens.h"

namespace thidua::domain {

struct ReportLexicon {
  static const ReportLexicon& Get();

  Vocabulary vocabulary;

  // What a number names and does not count, before it.
  Phrases naming;  // "Nghị quyết 26", "Điều 6", "Khối 4", "hạng 12/63": whatever the number.
  Phrases naming_unless_measured;  // "lớp 5", "cấp 3"; but "lớp 5 học sinh" may count.
  Phrases naming_with_colon;       // "Số: 45", "Điện thoại: 0297…".
  Phrases counting;                // "tổng số 949" counts, though "số 949" names.

  // Time.
  Phrases time_before;  // "ngày 05/4", "tháng 6", "năm 2019".
  Phrases date_before;  // "đến 30/6", "từ 01/01": perhaps, they have other meanings too.
  Phrases feast;        // "kỷ niệm … 20/11", "chào mừng 30/4".
  Phrases time_after;   // "6 tháng", "05 năm", "14 tuổi": an age or a duration.
  Phrases time_start;   // How a phrase about time begins: "trong 6 tháng đầu năm 2019".
  Phrases time_more;    // What may go on in it.
  Phrases time_noun;    // Without one of these it is no phrase about time.

  // What is counted and measured. The noun right after a number; what follows it describes.
  Phrases magnitude;  // tỷ, triệu, nghìn
  Phrases measure;
  Phrases turn;            // "lượt" + a noun: "lượt khách"
  Phrases physical;        // Of the measures: those that no name of an indicator needs.
  Phrases listed_measure;  // Of the measures: those that stand in lists, "khu phố, ấp".

  // How figures are said.
  Phrases qualifier;       // trên, hơn, gần, khoảng, ước
  Phrases not_qualifier;   // "giao ước", "cao hơn": they only end like one.
  Phrases bound;           // "ít nhất 30": a bound of a target, and no result.
  Phrases attain;          // "đạt 51,12%", "bằng 51,12%"
  Phrases rate_word;       // "tỷ lệ 51,12%": after a pair only.
  Phrases target_word;     // "51,12% chỉ tiêu năm", "so với kế hoạch"
  Phrases target_tail;     // Between the word and the number: "kế hoạch giao là 35.000".
  Phrases target_against;  // "so với kế hoạch"
  Phrases change;          // "tăng 5%", "chiếm 20%": a change or a share, and no attainment.
  Phrases earlier;   // "so với cùng kỳ": held against the past, and not against the target.
  Phrases gap_from;  // "từ 50 lên 60"
  Phrases gap_to;
  Phrases times;     // "gấp 1,5 lần"
  Phrases of_total;  // "1/3 số hộ" is a fraction.
  Phrases out_of;    // "Trong 10 chỉ tiêu đăng ký, …": what something is a part of.

  // What a passage is about.
  Phrases document;    // Begins the name of a document or a programme; percentages in it are its.
  Phrases part;        // "gồm", "trong đó": what follows is a part of the figure before.
  Phrases take_part;   // "07 đơn vị tham dự": of a meeting, and no result.
  Phrases plan;        // "phấn đấu", "dự kiến": not yet done.
  Phrases plan_title;  // A heading under which everything is planned.

  // Names of indicators.
  Phrases starts_indicator;  // A verb or noun with which an indicator begins after a comma.
  Phrases takes_object;      // Verbs whose object is what is counted: "tổ chức 08/10 lớp".
  Phrases no_verb;           // "trợ cấp": they only end like one.
  Phrases filler_first;      // What a name does not begin with: "đã", "đồng thời".
  Phrases filler_last;       // Nor ends with: "được", "là", "cho".
  Phrases preposition;       // "cho 50.460 người có công": stays in the name.
  Phrases aside;             // After a comma these begin a remark and not more of the name.

  // Agencies.
  Phrases agency;          // The first word(s) of an agency's name.
  Phrases not_agency;      // "HỘI NGHỊ" is none, whatever its capitals.
  Phrases agency_before;   // "Đối với Sở Y tế"
  Phrases agency_tail;     // Small words within a name: "nông thôn", "tỉnh".
  Phrases place_word;      // "tỉnh Kiên Giang" after an agency's name.
  Phrases joins;           // "và"
  Phrases not_one_agency;  // "Toàn khối": what follows is no single agency's.

  Phrases abbreviation;  // A full stop after these ends no sentence: "TP. Rạch Giá".

 private:
  ReportLexicon();
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REPORT_LEXICON_H_
