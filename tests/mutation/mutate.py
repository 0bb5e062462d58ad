"""Would the tests notice a wrong rule? Changes the rules of services/domain one place at a time, builds domain_test
with the one changed file, and counts the mutants that its tests catch.

    mutate.py BUILD_FOLDER SOURCE_FOLDER OUT_FOLDER [MUTANTS.json]

domain_test is built in BUILD_FOLDER, which stays as it is. Without a list: MUTANTS (150, or `all`) of them, drawn by
MUTATION_SEED (1), of the files RULES below, or of MUTATION_FILES alone; a summary in OUT_FOLDER/summary.json. With one:
those alone, each of which must be caught by the tests of its file. Fails when one is not, and without a list when fewer
than 95 % are caught, or there was none to be. JOBS (one a core) are tried at once.

A mutant is caught when a test fails, the process dies, or it takes many times the processor time of the unchanged code.
The tests of the file's own subject go first, then the others, and the random cases of the oracle last. What cannot be told
from the original by any test is kept in equivalent.json, with the reason.
"""

import collections
import concurrent.futures
import json
import os
import random
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import threading
import time

import mutants

BUILD, SOURCE, OUT = (os.path.abspath(folder) for folder in sys.argv[1:4])
HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = "services/domain"
# What decides points, ranks and awards; and what is computed with.
RULES = ["achievement.cc", "assessment.cc", "award.cc", "comparison.cc", "decimal.cc", "expression.cc",
         "period_figures.cc", "ranking.cc", "rational.cc", "rational.h", "scheme_formula.cc", "scoring.cc", "scoring.h",
         "scoring_inputs.cc", "scoring_plan.cc"]
ORACLE, OTHERS = "Oracle.*:Of/Shrinking.*", "others"
MEMORY = 4 << 30
CAUGHT, SURVIVED, NOT_COMPILED = "caught", "survived", "not compiled"
LEAST_PERCENT = 95


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding="utf-8") as file:
        return file.read()


def kept(path):
    with open(path, encoding="utf-8") as file:
        return {(one["file"], one["line"], one["change"], one.get("nth", 1)): one.get("because", "")
                for one in json.load(file)}


def own_tests(file):
    """The suites beside the file: of scoring_inputs.cc those of scoring_test.cc."""
    stem = file.rsplit(".", 1)[0]
    while not os.path.exists(os.path.join(SOURCE, FOLDER, f"{stem}_test.cc")):
        if "_" not in stem:
            return None
        stem = stem.rsplit("_", 1)[0]
    suites = set(re.findall(r"^TEST(?:_[FP])?\((\w+),", read(FOLDER, f"{stem}_test.cc"), re.MULTILINE))
    return ":".join(f"{one}.*:*/{one}.*" for one in sorted(suites))


def stages(file):
    """(what the time of it is kept by, the filter)"""
    own = own_tests(file)
    return ([(file, f"{own}:-{ORACLE}")] if own else []) + [(OTHERS, f"-{own or ''}:{ORACLE}"), (ORACLE, ORACLE)]


class Build:
    """How the build folder compiles one file and links domain_test."""

    def __init__(self):
        with open(os.path.join(BUILD, "compile_commands.json"), encoding="utf-8") as file:
            # As the rules' own folder compiles them: others do too, under a sanitizer (tests/sanitizers).
            self.compile_commands = {os.path.relpath(one["file"], SOURCE): one for one in json.load(file)
                                     if f" -o {FOLDER}/" in one["command"]}
        told = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "bin/domain_test"], check=True,
                              capture_output=True, text=True, timeout=60).stdout.splitlines()
        link = next(part for part in told[-1].split(" && ") if " -o bin/domain_test " in part)
        self.link_command = shlex.split(link)

    def compile(self, file, changed, folder):
        """The objects of the changed text; nothing when it is none. Of a header those of its own subject: its file and
        its tests, which go by it whatever others have inlined of the original."""
        mirror = os.path.join(folder, FOLDER)
        os.makedirs(mirror, exist_ok=True)
        with open(os.path.join(mirror, file), "w", encoding="utf-8") as out:
            out.write(changed)
        stem = file.rsplit(".", 1)[0]
        wanted = [f"{stem}.cc", f"{stem}_test.cc"] if file.endswith(".h") else [file]
        made = [self.compile_one(name, mirror if name == file else os.path.join(SOURCE, FOLDER), folder)
                for name in wanted]
        return made if all(made) else None

    def compile_one(self, name, where, folder):
        known = self.compile_commands[os.path.join(FOLDER, name)]
        command, skip = [], False
        for word in shlex.split(known["command"]):
            if skip:
                skip = False
            elif word in ("-o", "-c", "-MT", "-MF"):
                skip = True
            elif word not in ("-MD", "-Werror"):
                command.append(word)
        # What is changed is found before the original by its path.
        at = next(i for i, word in enumerate(command) if word.startswith("-I"))
        made = os.path.join(folder, f"{name}.o")
        # Without the library's assertions, as everywhere: what they alone would stop, the tests do not notice.
        done = subprocess.run([*command[:at], f"-I{folder}", *command[at:], "-w", "-O1", "-g0", "-o", made,
                               "-c", os.path.join(where, name)],
                              cwd=known["directory"], capture_output=True, timeout=1800)
        return made if done.returncode == 0 else None

    def link(self, made, folder):
        """The changed objects come first: what they define is not looked for in the library."""
        binary = os.path.join(folder, "domain_test")
        own = {os.path.basename(one) for one in made}
        command = [word for word in self.link_command if os.path.basename(word) not in own]
        command[command.index("-o") + 1] = binary
        first = next(i for i, word in enumerate(command) if word.endswith(".o"))
        done = subprocess.run([*command[:first], *made, *command[first:]], cwd=BUILD, capture_output=True, timeout=1800)
        return binary if done.returncode == 0 else None


def run(binary, tests, seconds, folder):
    """What stopped the tests, and the processor time they took; nothing when all passed."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    log = os.path.join(folder, "log")
    with open(log, "wb") as out:
        process = subprocess.Popen([binary, f"--gtest_filter={tests}", "--gtest_brief=1", "--gtest_fail_fast"],
                                   stdout=out, stderr=out, preexec_fn=limit, cwd=folder)
        # One that sleeps uses no processor.
        guard = threading.Timer(20 * seconds, process.kill)
        guard.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        finally:
            guard.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    took = used.ru_utime + used.ru_stime
    if process.returncode == 0:
        return None, took
    if took >= seconds - 1:
        return "time", took
    with open(log, encoding="utf-8", errors="replace") as file:
        failed = re.findall(r"^\[  FAILED  \] ([\w/]+\.[\w/]+)", file.read(), re.MULTILINE)
    return failed[0] if failed else f"exit {process.returncode}", took


class Trial:
    def __init__(self, build):
        self.build = build
        self.seconds = {}  # Of processor, that the unchanged code takes: by the file of the tests, of all others, of the oracle.

    def measure(self, file, all_stages):
        """The unchanged file goes the same way, and has to come through: only then does a failure mean anything."""
        with tempfile.TemporaryDirectory(dir=OUT, prefix="mutant-") as folder:
            made = self.build.compile(file, read(FOLDER, file), folder)
            binary = made and self.build.link(made, folder)
            if not binary:
                sys.exit(f"{file} does not build unchanged")
            for kept_by, tests in stages(file) if all_stages else stages(file)[:1]:
                if kept_by in self.seconds:
                    continue
                stopped, took = run(binary, tests, 1800, folder)
                if stopped:
                    sys.exit(f"{file} unchanged is stopped by {stopped}")
                self.seconds[kept_by] = took

    def of(self, mutant):
        with tempfile.TemporaryDirectory(dir=OUT, prefix="mutant-") as folder:
            made = self.build.compile(mutant.file, mutant.apply(read(FOLDER, mutant.file)), folder)
            binary = made and self.build.link(made, folder)
            if not binary:
                return NOT_COMPILED, None
            for kept_by, tests in stages(mutant.file):
                # By tests that the unchanged code was not seen to come through nothing is told.
                if kept_by not in self.seconds:
                    continue
                # A mutant that fails the oracle is made small first, which takes its time.
                stopped, _ = run(binary, tests, int(4 * self.seconds[kept_by] + 5), folder)
                if stopped:
                    return CAUGHT, stopped
        return SURVIVED, None


def all_mutants(files):
    folder = os.path.join(SOURCE, FOLDER)
    enums = mutants.enums_of(read(FOLDER, name) for name in sorted(os.listdir(folder)) if name.endswith(".h"))
    return [one for file in files for one in mutants.mutants_of(file, read(FOLDER, file), enums)]


def try_all(chosen, trial):
    """(mutant, what became of it, what stopped it) of each, as they come."""
    jobs = int(os.environ.get("JOBS") or os.cpu_count() or 1)
    counts, lock, start = collections.Counter(), threading.Lock(), time.monotonic()
    told = []

    def one(mutant):
        became, by = trial.of(mutant)
        with lock:
            counts[became] += 1
            told.append((mutant, became, by))
            if became == SURVIVED:
                print(f"  survived {mutant.file}:{mutant.number}: {mutant.change}   | {mutant.line}", flush=True)
            if len(told) % 10 == 0 or len(told) == len(chosen):
                print(f"{len(told)}/{len(chosen)} in {time.monotonic() - start:.0f} s: "
                      + ", ".join(f"{number} {what}" for what, number in sorted(counts.items())), flush=True)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(one, mutant) for mutant in chosen]:
            done.result()
    return told


def must_be_caught(path, trial):
    wanted = kept(path)
    by_key = {one.key(): one for one in all_mutants(RULES)}
    gone = [key for key in wanted if key not in by_key]
    if gone:
        sys.exit(f"No such place any more, choose another: {gone}")
    for file in sorted({key[0] for key in wanted}):
        trial.measure(file, all_stages=False)
    told = try_all([by_key[key] for key in wanted], trial)
    for mutant, became, by in told:
        print(f"{became} by {by}: {mutant.file}:{mutant.number}: {mutant.change}")
    return all(became == CAUGHT for _, became, _ in told)


def main():
    os.makedirs(OUT, exist_ok=True)
    build = Build()
    trial = Trial(build)
    if len(sys.argv) > 4:
        sys.exit(0 if must_be_caught(sys.argv[4], trial) else "A wrong rule would not be noticed.")

    files = os.environ.get("MUTATION_FILES", "").split() or RULES
    equivalent = kept(os.path.join(HERE, "equivalent.json"))
    every = all_mutants(files)
    seed, number = int(os.environ.get("MUTATION_SEED") or 1), os.environ.get("MUTANTS") or "150"
    drawn = every if number == "all" else random.Random(seed).sample(every, min(int(number), len(every)))
    chosen = [one for one in drawn if one.key() not in equivalent]
    print(f"{len(drawn)} of {len(every)} mutants, seed {seed}; {len(drawn) - len(chosen)} known to be equivalent",
          flush=True)
    for file in sorted({one.file for one in chosen}):
        trial.measure(file, all_stages=True)
    print("unchanged: " + ", ".join(f"{took:.1f} s {what}" for what, took in trial.seconds.items()), flush=True)
    told = try_all(chosen, trial)

    counts = collections.Counter(became for _, became, _ in told)
    counted = counts[CAUGHT] + counts[SURVIVED]
    percent = 100 * counts[CAUGHT] / counted if counted else 0.0
    by_file = collections.defaultdict(collections.Counter)
    for mutant, became, _ in told:
        by_file[mutant.file][became] += 1
    survivors = sorted(((one.file, one.number, one.change, one.line, one.nth) for one, became, _ in told
                        if became == SURVIVED))
    stale = set(equivalent) - {one.key() for one in all_mutants(RULES)}
    with open(os.path.join(OUT, "summary.json"), "w", encoding="utf-8") as file:
        json.dump({"seed": seed, "mutants": len(every), "drawn": len(drawn), "equivalent": len(drawn) - len(chosen),
                   **counts, "caught_percent": round(percent, 2), "files": by_file,
                   "survivors": [dict(zip(("file", "at", "change", "line", "nth"), one)) for one in survivors],
                   "all": [{"file": one.file, "line": one.number, "change": one.change, "became": became, "by": by}
                           for one, became, by in told]},
                  file, ensure_ascii=False, indent=1)
        file.write("\n")
    print(f"\n{'':24}{'caught':>8}{'survived':>10}{'not compiled':>14}")
    for name, one in sorted(by_file.items()):
        print(f"{name:24}{one[CAUGHT]:>8}{one[SURVIVED]:>10}{one[NOT_COMPILED]:>14}")
    for name, line, change, text, _ in survivors:
        print(f"survived {name}:{line}: {change}   | {text}")
    for one in sorted(stale):
        print("equivalent.json names what is no more:", *one)
    print(f"{percent:.1f} % of {counted} mutants caught, seed {seed}")
    if not counted:
        sys.exit("No mutant was tried.")
    if percent < LEAST_PERCENT:
        sys.exit(f"Below {LEAST_PERCENT} %.")


if __name__ == "__main__":
    main()
