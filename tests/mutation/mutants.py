"""Small changes to C++ text that a test ought to notice: what each is, and where in a file it can be made.

The text is laid out by clang-format, and that is what tells a less-than from a template's bracket, a product from a
pointer, `and` from a reference to what is moved: an operator of two sides has a space on both.
"""

import dataclasses
import re

RELATIONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
OPERATORS = {"+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",), "&": ("|",), "&&": ("||",),
             "||": ("&&",), "+=": ("-=",), "-=": ("+=",), "*=": ("/=",), "|=": ("&=",), "&=": ("|=",), **RELATIONS}
WORDS = {"std::min(": "std::max(", "std::max(": "std::min(", "min_element(": "max_element(",
         "max_element(": "min_element(", "any_of(": "all_of(", "all_of(": "any_of(", "none_of(": "any_of(",
         "true": "false", "false": "true", ".Floor()": "", ".front()": ".back()", ".back()": ".front()"}
# Not statements that can be left out, or none that anybody could miss: room kept in advance.
KEPT = re.compile(r"\s*(return|break|continue|case|default|using|const|auto|static|static_assert|else|if|for|while|do|"
                  r"delete|std::abort|constexpr|friend|public|private|struct|class|namespace|switch|ASSIGN_OR_RETURN)\b|"
                  r".*(\.reserve\(|std::fputs\()")
STATEMENT = re.compile(r"[ \t]+((?:[\w:.*\[\]()&]|->)+ (?:[-+*/|&]?=) [^;{}]*;|(?:[\w:.\[\]()*]|->)+\([^;{}]*\);|"
                       r"(?:continue|break);|(?:\+\+|--)[^;{}()]+;)[ \t]*\n")


@dataclasses.dataclass(frozen=True)
class Mutant:
    file: str
    start: int
    end: int
    text: str     # What stands there instead.
    number: int   # Of its line's number.
    line: str     # As it is, without its indent.
    change: str   # "before → after"
    nth: int = 1  # Of those that look the same by file, line and change.

    def key(self):
        return self.file, self.line, self.change, self.nth

    def apply(self, text):
        return text[:self.start] + self.text + text[self.end:]


def blanked(text):
    """Code alone: comments, texts, characters and the preprocessor's lines are spaces, every place stays what it is."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'|'
                       r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.DOTALL | re.MULTILINE)
    return token.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def closing(code, at):
    """Where the bracket that opens at `at` is closed."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return i
    raise ValueError(f"never closed: {code[at:at + 40]!r}")


def end_of_operand(code, at, stops):
    """The first of `stops` outside brackets, or the bracket that closes around; a nested `?` takes its own ':'."""
    nested = 0
    while True:
        one = code[at]
        if one in "([{":
            at = closing(code, at)
        elif one in ")]}":
            return at
        elif code.startswith("::", at):
            at += 1
        elif one == "?":
            nested += 1
        elif one == ":" and nested > 0:
            nested -= 1
        elif one in stops:
            return at
        at += 1


def _for_headers(code):
    return [(found.end() - 1, closing(code, found.end() - 1)) for found in re.finditer(r"\bfor \(", code)]


def _operators(code):
    for found in re.finditer(r"(?<= )(" + "|".join(re.escape(one) for one in sorted(OPERATORS, key=len, reverse=True))
                             + r")(?=[ \n])", code):
        # A default or a template's end may stand before a line's end, an address or a pure virtual's 0 never here.
        for other in OPERATORS[found[1]]:
            yield found.start(), found.end(), other
    for found in re.finditer(r"(?<=[\s(!])!(?=[\w(*:])", code):
        yield found.start(), found.end(), ""


def _words(code):
    for word, other in WORDS.items():
        edge = r"\b" if word[0].isalpha() else ""
        for found in re.finditer(edge + re.escape(word) + (r"\b" if word[-1].isalpha() else ""), code):
            yield found.start(), found.end(), other
    for found in re.finditer(r"\bstd::clamp\(", code):
        end = end_of_operand(code, found.end(), ",")
        yield found.start(), closing(code, found.end() - 1) + 1, ("(", (found.end(), end), ")")


def _numbers(code):
    for found in re.finditer(r"(?<![\w.'\[<])\d[\d']*(?![\w.'])", code):
        number = int(found[0].replace("'", ""))
        for other in (number + 1, number - 1):
            if other >= 0:
                yield found.start(), found.end(), str(other)


def _conditions(code):
    for found in re.finditer(r"\bif \(", code):
        start, end = found.end(), closing(code, found.end() - 1)
        last = end_of_operand(code, start, ";")
        if last < end:
            start = last + 1
        elif re.match(r"(const )?[\w:<>,* ]+[ *&]\w+ = ", code[start:end]):
            continue  # What it declares is needed.
        for other in (" false" if last < end else "false", " true" if last < end else "true"):
            yield start, end, other
    for found in re.finditer(r"\s\?\s", code):
        middle = end_of_operand(code, found.end(), ":")
        end = end_of_operand(code, middle + 1, ";,:")
        yield found.end(), end, ((middle + 1, end), " : ", (found.end(), middle))


def _enumerators(code, enums):
    for found in re.finditer(r"\b(\w+)::(k[A-Z]\w*)", code):
        if re.search(r"\bcase [\w:]*$", code[:found.start()].rsplit("\n", 1)[-1]):
            continue
        for names in enums.get(found[1], ()):
            if found[2] in names:
                yield found.start(2), found.end(2), names[(names.index(found[2]) + 1) % len(names)]


def _statements(code):
    for found in STATEMENT.finditer(code):
        before = code[:found.start()].rstrip()
        if before[-1:] in (";", "{", "}", ":") and not KEPT.match(found[0].replace("continue;", "").replace("break;", "")):
            yield found.start(1), found.end(1), ";"


def enums_of(texts):
    """{name of an enum class: [its enumerators, of each that has the name]}"""
    enums = {}
    for text in texts:
        for found in re.finditer(r"enum class (\w+)[^{;]*\{([^}]*)\}", blanked(text)):
            names = re.findall(r"\b(k[A-Z]\w*)", found[2])
            if len(names) > 1:
                enums.setdefault(found[1], []).append(names)
    return enums


def mutants_of(file, text, enums):
    """All that can be made of the text, in its order."""
    code = blanked(text)
    headers = _for_headers(code)
    asserted = [(found.start(), closing(code, found.end() - 1))
                for found in re.finditer(r"\bstatic_assert\(|\.reserve\(", code)]
    made = {}
    for start, end, other in [*_operators(code), *_words(code), *_numbers(code), *_conditions(code),
                              *_enumerators(code, enums), *_statements(code)]:
        if any(first < start < last for first, last in asserted):
            continue
        # A loop that goes the other way is found out by the time limit alone, which is dear.
        if other in ("-=", "+=") and any(first < start < last for first, last in headers):
            continue
        if not isinstance(other, str):
            other = "".join(part if isinstance(part, str) else text[part[0]:part[1]].strip() for part in other)
        made.setdefault((start, end, other))
    seen, mutants = {}, []
    for start, end, other in sorted(made):
        number = text.count("\n", 0, start) + 1
        line = text.splitlines()[number - 1].strip()
        change = " → ".join(" ".join(part.split()) or "nothing" for part in (text[start:end], other))
        nth = seen[line, change] = seen.get((line, change), 0) + 1
        mutants.append(Mutant(file, start, end, other, number, line, change, nth))
    return mutants
