"""Scheme files and docs/schemes.md, checked by `thidua scheme check` as an official runs it.

    schemes_test.py THIDUA SOURCE_FOLDER

Every fenced ```textproto block of the page is checked: the first stands alone, each of the others is
added to it, as the page says.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

THIDUA, SOURCE = None, None


def check(text, name="thang.textproto"):
    """Exit code, what was printed, and what was said of faults."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, name)
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([THIDUA, "scheme", "check", file], capture_output=True, text=True,
                              encoding="utf-8", timeout=60)
        return done.returncode, done.stdout, done.stderr


class SchemeFiles(unittest.TestCase):
    def test_each_holds_all_its_examples(self):
        files = sorted((SOURCE / "tests/data/schemes").glob("*.textproto"))
        self.assertEqual([file.stem for file in files], ["a", "b", "d", "e"])
        for file in files:
            with self.subTest(file.name):
                text = file.read_text(encoding="utf-8")
                examples = len(re.findall(r"(?m)^examples \{", text))
                code, printed, faults = check(text)
                self.assertEqual(faults, "")
                self.assertEqual(code, 0)
                self.assertGreater(examples, 2)
                self.assertIn(f"Ví dụ tính đúng: {examples}/{examples}.", printed)

    def test_every_expected_number_is_looked_at(self):
        # Expected numbers of every file changed, one at a time: each must be noticed. One of three, for the
        # sake of time.
        for file in sorted((SOURCE / "tests/data/schemes").glob("*.textproto")):
            text = file.read_text(encoding="utf-8")
            places = []
            for block in re.finditer(r"expected \{.*", text):
                # To the end of the block, which ends with the line that closes it.
                begin = block.start()
                depth, end = 0, begin
                for end in range(text.index("{", begin), len(text)):
                    depth += {"{": 1, "}": -1}.get(text[end], 0)
                    if depth == 0:
                        break
                places += [(begin + number.start(1), begin + number.end(1)) for number in
                           re.finditer(r'\b(?:points|bonus|total|percent|assigned_points): "([^"]*)"',
                                       text[begin:end])]
            self.assertGreater(len(places), 10)
            for begin, end in places[::3]:
                changed = text[:begin] + "0.125" + text[end:]
                code, _, faults = check(changed)
                self.assertEqual(code, 1, (file.name, text[begin - 60:end]))
                self.assertEqual(re.findall(r"EXAMPLE_DISAGREES|[A-Z]{3,}_[A-Z_]+", faults),
                                 ["EXAMPLE_DISAGREES"], faults)

    def test_a_broken_example_is_refused_with_a_sentence(self):
        text = (SOURCE / "tests/data/schemes/b.textproto").read_text(encoding="utf-8")
        broken = text.replace('criterion_id: "1.1.1.1" points: "3.75"',
                              'criterion_id: "1.1.1.1" points: "3.8"')
        self.assertNotEqual(broken, text)
        code, printed, faults = check(broken)
        self.assertEqual(code, 1)
        self.assertEqual(printed, "")
        self.assertEqual(
            faults,
            "examples[0].units[3].expected.criteria[0].points EXAMPLE_DISAGREES: Ví dụ “Tiêu chí định "
            "lượng, MS = 5 và chỉ tiêu 10”: đơn vị “cong-an-phuong-4” ở tiêu chí “Tỷ lệ điều tra, khám "
            "phá án” phải được 3,8 điểm nhưng tính ra 3,75 điểm.\n"
            "Ví dụ tính đúng: 6/7.\n")

    def test_examples_of_an_unsound_scheme_are_not_tried(self):
        text = (SOURCE / "tests/data/schemes/a.textproto").read_text(encoding="utf-8")
        code, _, faults = check(text.replace('max_points: "200"', 'max_points: "-200"'))
        self.assertEqual(code, 1)
        self.assertRegex(faults, r"^contents\[1\]\.max_points OUT_OF_RANGE: .*\n$")

    def test_the_scheme_of_2019_is_still_sound(self):
        file = SOURCE / "tests/data/khoi-4-2019/03-scheme.json"
        scheme = json.loads(file.read_text(encoding="utf-8"))["scheme"]
        code, printed, faults = check(json.dumps(scheme), "thang.json")
        self.assertEqual((code, faults), (0, ""))
        self.assertIn("Chưa có ví dụ nào để kiểm chứng.", printed)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = (SOURCE / "docs/schemes.md").read_text(encoding="utf-8")
        cls.samples = re.findall(r"(?ms)^```textproto\n(.*?)^```$", cls.page)

    def test_the_first_sample_stands_alone_as_the_page_says(self):
        code, printed, faults = check(self.samples[0])
        self.assertEqual((code, faults), (0, ""))
        self.assertIn(printed.strip(), self.page)

    def test_every_other_sample_is_added_to_it(self):
        self.assertGreater(len(self.samples), 12)
        for sample in self.samples[1:]:
            with self.subTest(sample.splitlines()[0]):
                code, printed, faults = check(self.samples[0] + sample)
                self.assertEqual((code, faults), (0, ""))

    def test_all_samples_together_are_one_scheme(self):
        # But for the examples, which are of the first alone.
        code, _, faults = check("".join(s for s in self.samples if not s.startswith("examples")))
        self.assertEqual((code, faults), (0, ""))

    def test_every_name_of_formulas_is_told(self):
        source = (SOURCE / "services/domain/scheme_formula.cc").read_text(encoding="utf-8")
        names = set(re.findall(r'\{"(\w+)", (?:kNumber|kCondition), SlotOf', source))
        lists = set(re.findall(r'lists\.push_back\(\{"(\w+)"', source))
        self.assertGreater(len(names), 20)
        self.assertEqual(lists, {"targets", "bloc", "criteria"})
        for name in names | lists:
            self.assertRegex(self.page, rf"`{name}[`(]", name)

    def test_every_reason_told_is_one(self):
        sources = "".join(file.read_text(encoding="utf-8")
                          for folder in ("services/domain", "services/messages")
                          for file in (SOURCE / folder).glob("*.[ch]*") if "test" not in file.name)
        table = self.page[self.page.index("| Mã lỗi |"):]
        reasons = re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", table)
        self.assertGreater(len(reasons), 20)
        for reason in reasons:
            self.assertTrue(f'"{reason}"' in sources, reason)

    def test_every_field_and_choice_told_is_one(self):
        proto = (SOURCE / "proto/thidua/registry/v1/scheme.proto").read_text(encoding="utf-8")
        proto += (SOURCE / "proto/thidua/type/v1/assessment_layer.proto").read_text(encoding="utf-8")
        for choice in re.findall(r"`((?:KEY|METHOD|MEASURE|MODE|SOURCE|STATED_PERCENT|WHEN_MISSING|"
                                 r"WITHOUT_TARGET)_[A-Z_]+)`", self.page):
            self.assertRegex(proto, rf"\b{choice}\b")
        for rule in re.findall(r"(?m)^### `(\w+)`", self.page):
            self.assertRegex(proto, rf"(?m)^\s+(?:repeated )?\w+ {rule} = ")


if __name__ == "__main__":
    THIDUA, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1], verbosity=2)
