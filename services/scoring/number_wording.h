// Numbers as they are said: the Vietnamese way in sentences, machine form in contracts. "=" stands
// before an exact one, "≈" before a rounded one. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_NUMBER_WORDING_H_
#define THIDUA_SERVICES_SCORING_NUMBER_WORDING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/rational.h"
#include "services/domain/scheme.h"

namespace thidua::scoring {

// "332,3": up to `digits` after the mark, without trailing zeros.
std::string PrintShort(const domain::Rational& value, int digits = 2);

// The same in machine form: "332.3". What contracts carry as points and percentages.
std::string MachineShort(const domain::Rational& value, int digits = 4);

// "100/3", what MachineShort rounds; "" where it rounds nothing, or the fraction is longer than
// kMaxExact.
inline constexpr size_t kMaxExact = 1000;
std::string MachineExact(const domain::Rational& value, int digits = 4);

// A number as a contract carries it, "≈ 48,99" of "48.9950" and "9749/199": printed from the
// fraction, where there is one, so that what was rounded is not rounded again. What is no number
// stays as it is.
std::string PrintContract(absl::string_view machine, absl::string_view exact, int digits = 2);

// Whether so many digits after the mark say all of it.
bool IsShort(const domain::Rational& value, int digits = 2);

// "= 332,3" or "≈ 332,31".
std::string EqualsOrAbout(const domain::Rational& value, int digits = 2);

// "27,25" or "≈ 22,67".
std::string AboutIfRounded(const domain::Rational& value, int digits = 2);

// "27,25" or, in the place of a rounded number that would not multiply up, "650/3".
std::string PrintExact(const domain::Rational& value);

// "66,67%" of 2/3.
std::string Percent(const domain::Rational& share, int digits = 2);

// "260 + 216,67 ≈ 476,67": the parts and what they come to, with as many digits as it takes for the
// printed parts to add up to the printed sum. "" when they do not, or are too many to listen to.
std::string PrintSum(const std::vector<domain::Rational>& parts, const domain::Rational& sum);

// "đến 2 chữ số thập phân", "thành số nguyên", "đến bội số của 0,25", and which way unless to the
// nearest, half up.
std::string RoundingWords(const domain::Rounding& rounding);

// What can be read out in one breath, in code points: where names and numbers are so long that a
// sentence would be longer, it says less.
inline constexpr size_t kMaxSentence = 300;
size_t CodePoints(absl::string_view text);

// Names in a sentence: in quotation marks, and of long ones the beginning.
std::string Quoted(absl::string_view name);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_NUMBER_WORDING_H_
