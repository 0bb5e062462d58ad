"""What is made of a line, and what is left alone: without a compiler. mutate.py tries real ones against real tests."""

import unittest

from mutants import blanked, enums_of, mutants_of


def changes(line, enums=None):
    body = f"void F() {{\n  {line}\n}}\n"
    return sorted(one.change for one in mutants_of("f.cc", body, enums or {}))


class MutantsTest(unittest.TestCase):
    def test_a_relation_moves_its_bound_and_turns_round(self):
        self.assertEqual(changes("return share < best;"), ["< → <=", "< → >="])
        self.assertEqual(changes("return rank == before;"), ["== → !="])

    def test_arithmetic_and_logic_take_their_opposite(self):
        self.assertEqual(changes("return a + b;"), ["+ → -"])
        self.assertEqual(changes("return a * b / c;"), ["* → /", "/ → *"])
        self.assertEqual(changes("return a && !b;"), ["! → nothing", "&& → ||"])

    def test_a_bracket_a_pointer_and_a_reference_are_no_operators(self):
        for line in ("const std::vector<Place>& places = Of(x);", "const Target* target = nullptr;",
                     "const auto&& taken = Of(x);", "static_cast<int64_t>(x);"):
            self.assertEqual([one for one in changes(line) if " → ;" not in one], [], line)

    def test_a_text_a_comment_and_a_digit_of_a_name_stay(self):
        self.assertEqual(changes('return "1 < 2 && true";  // 3 + 4'), [])
        self.assertEqual(changes("return int64 /* 0 */;"), [])

    def test_a_constant_moves_to_both_sides_and_never_below_zero(self):
        self.assertEqual(changes("return 100;"), ["100 → 101", "100 → 99"])
        self.assertEqual(changes("return 0;"), ["0 → 1"])
        self.assertEqual(changes("return 1'000;"), ["1'000 → 1001", "1'000 → 999"])
        self.assertEqual(changes("return figures[0];"), [], "another place of an array is no rule")

    def test_a_condition_never_holds_or_always(self):
        self.assertEqual(changes("if (Known(a)) return b;"), ["Known(a) → false", "Known(a) → true"])
        self.assertEqual(changes("if (const auto it = Find(a); Has(it)) return b;"),
                         ["Has(it) → false", "Has(it) → true"])
        self.assertEqual(changes("if (const auto* rule = Rule(a)) return b;"), [], "what it declares is needed")

    def test_a_choice_takes_the_other_side(self):
        self.assertEqual(changes("return known ? Of(a, b) : none;"), ["Of(a, b) : none → none : Of(a, b)"])
        self.assertEqual(changes("return x ? a : y ? b : c;"), ["a : y ? b : c → y ? b : c : a", "b : c → c : b"])

    def test_the_lowest_takes_the_highest(self):
        self.assertEqual(changes("return std::min(a, b);"), ["std::min( → std::max("])
        self.assertEqual(changes("return std::clamp(Of(a, b), c, d);"), ["std::clamp(Of(a, b), c, d) → (Of(a, b))"])

    def test_a_named_choice_takes_the_next_name_but_for_a_label(self):
        enums = enums_of(["enum class RoundingMode {\n  kHalfUp,  // kNever\n  kDown,\n};"])
        self.assertEqual(changes("return RoundingMode::kDown;", enums), ["kDown → kHalfUp"])
        self.assertEqual(changes("case RoundingMode::kDown: return b;", enums), [])

    def test_a_statement_is_left_out_but_for_one_that_others_need(self):
        self.assertEqual(changes("unit.points += bonus;"), ["+= → -=", "unit.points += bonus; → ;"])
        self.assertEqual(changes("Settle(node, at);"), ["Settle(node, at); → ;"])
        self.assertEqual(changes("places.reserve(n + 1);"), [])
        self.assertEqual(changes("const auto a = Of(b);"), [])

    def test_a_mutant_is_its_line_changed_in_that_place_alone(self):
        text = "int F() { return a < b || a < c; }\n"
        made = [one.apply(text) for one in mutants_of("f.cc", text, {}) if one.change == "< → <="]
        self.assertEqual(made, ["int F() { return a <= b || a < c; }\n", "int F() { return a < b || a <= c; }\n"])

    def test_those_that_look_the_same_are_told_apart(self):
        text = "int F() {\n  ++a;\n  ++a;\n}\n"
        keys = [one.key() for one in mutants_of("f.cc", text, {})]
        self.assertEqual(keys, [("f.cc", "++a;", "++a; → ;", 1), ("f.cc", "++a;", "++a; → ;", 2)])

    def test_what_is_blanked_keeps_every_place(self):
        text = '#include "a"\nx = \'\\\'\' + R"(1\n2)" + 1\'000;\n'
        self.assertEqual(blanked(text), "            \nx =      +     \n    + 1'000;\n")


if __name__ == "__main__":
    unittest.main()
