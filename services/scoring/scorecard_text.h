// A scorecard as a page to read aloud in a meeting: plain text, a few lines a criterion.
#ifndef THIDUA_SERVICES_SCORING_SCORECARD_TEXT_H_
#define THIDUA_SERVICES_SCORING_SCORECARD_TEXT_H_

#include <string>

#include "thidua/scoring/v1/scorecard.pb.h"

namespace thidua::scoring {

// Of a card that is whole but for its text. Sections are indented by their depth; numbers are
// printed the Vietnamese way.
//
//   PHIẾU ĐIỂM: Sở Y tế
//   Hạng 2. Tổng ≈ 745,33/750 điểm được giao, đạt ≈ 99,38%.
//   Căn cứ chấm điểm: QĐ 809/QĐ-UBND ngày 04/4/2019.
//
//   Công tác thi đua, khen thưởng (Điều 6 khoản 3): ≈ 90,33/100 điểm, thưởng 5 điểm.
//     Chấm trực tiếp, tối đa 100 điểm; thưởng tối đa 10 điểm.
//     Điểm chấm chéo, trung bình của 3 đơn vị: ≈ 90,33/100, thưởng 5 điểm.
std::string ScorecardText(const v1::Scorecard& card);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SCORECARD_TEXT_H_
