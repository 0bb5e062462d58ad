"""Which branches of the rules their own tests reach: runs domain_test as the preset `coverage` built it, and tells.

    coverage.py BUILD_FOLDER SOURCE_FOLDER

A branch is one outcome of one condition as the source has it: `a && b` has four. Clang counts them so; gcov counts
jumps of the machine, half of which are the unwinding of exceptions that nobody throws. A template or an inline
function that is compiled more than once is one place in the source here.

Writes summary.json and html/ into BUILD_FOLDER; fails below 95 % of branches.
"""

import collections
import functools
import json
import os
import re
import subprocess
import sys

BUILD, SOURCE = (os.path.abspath(folder) for folder in sys.argv[1:3])
FOLDER = os.path.join(SOURCE, "services/domain")
LEAST_PERCENT = 95
NOT_THE_RULES = re.compile(r"_(test|testlib|testdata)\.(cc|h)$")
# They try the oracle on cases that gcc draws: in which order clang evaluates arguments, others are drawn.
NOT_FOR_THE_RULES = "Of/Shrinking.*"
MINUTES = 30


def tool(name):
    """Debian names them by their version; the profile's format is that of the compiler's own."""
    return f"/usr/lib/llvm-14/bin/{name}"


def run(*command, **how):
    return subprocess.run(command, check=True, timeout=MINUTES * 60, **how)


def rules():
    return sorted(name for name in os.listdir(FOLDER)
                  if name.endswith((".cc", ".h")) and not NOT_THE_RULES.search(name))


def measure():
    binary, raw = os.path.join(BUILD, "bin/domain_test"), os.path.join(BUILD, "domain.profraw")
    profile = os.path.join(BUILD, "domain.profdata")
    with open(os.path.join(BUILD, "domain_test.log"), "w") as log:
        try:
            run(binary, "--gtest_brief=1", f"--gtest_filter=-{NOT_FOR_THE_RULES}", stdout=log, stderr=subprocess.STDOUT,
                env=dict(os.environ, LLVM_PROFILE_FILE=raw))
        except subprocess.CalledProcessError:
            sys.exit(f"domain_test failed: see {log.name}")
    run(tool("llvm-profdata"), "merge", "-sparse", raw, "-o", profile)
    os.remove(raw)
    files = [os.path.join(FOLDER, name) for name in rules()]
    html = os.path.join(BUILD, "html")
    run(tool("llvm-cov"), "show", "-format=html", "-show-branches=count", f"-output-dir={html}",
        f"-instr-profile={profile}", binary, *files)
    told = run(tool("llvm-cov"), "export", f"-instr-profile={profile}", binary, *files, stdout=subprocess.PIPE)
    return json.loads(told.stdout)["data"][0]


@functools.lru_cache(maxsize=None)
def lines_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.readlines()


def branches_of(data):
    """By file: {(place of the condition): [times true, times false]}, over all that was compiled from that place."""
    branches = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    for function in data["functions"]:
        names = [os.path.relpath(path, FOLDER) for path in function["filenames"]]
        for *place, true, false, file, _, _ in function["branches"]:
            line = lines_of(names[file])[place[0] - 1]
            # A comparison that nobody wrote has no condition; nor has a switch that names every enumerator, which
            # the compiler checks, an outcome beside them.
            if line.rstrip().endswith("= default;") or line[:place[1] - 1].endswith("switch ("):
                continue
            counts = branches[names[file]][tuple(place)]
            counts[0] += true
            counts[1] += false
    return branches


def main():
    data = measure()
    branches = branches_of(data)
    files, missing = {}, []
    for one in data["files"]:
        name = os.path.relpath(one["filename"], FOLDER)
        if name not in rules():
            continue
        lines = one["summary"]["lines"]
        here = {"lines": lines["count"], "lines_reached": lines["covered"], "branches": 0, "branches_reached": 0}
        for place, counts in sorted(branches.get(name, {}).items()):
            for outcome, times in zip((True, False), counts):
                here["branches"] += 1
                here["branches_reached"] += times > 0
                if times == 0:
                    missing.append({"place": f"{name}:{place[0]}:{place[1]}", "never": outcome,
                                    "line": lines_of(name)[place[0] - 1].strip()})
        files[name] = here
    every = {key: sum(one[key] for one in files.values()) for key in next(iter(files.values()))}
    percent = 100 * every["branches_reached"] / every["branches"]
    with open(os.path.join(BUILD, "summary.json"), "w", encoding="utf-8") as file:
        json.dump({"branches_percent": round(percent, 2), "all": every, "files": files, "not_reached": missing},
                  file, ensure_ascii=False, indent=1)
        file.write("\n")

    print(f"{'':28}{'lines':>16}{'branches':>18}")
    for name, one in [*files.items(), ("all", every)]:
        row = f"{name:28}"
        for what, width in (("lines", 9), ("branches", 11)):
            share = f"{100 * one[what + '_reached'] / one[what]:.1f} %" if one[what] else "-"
            row += f"{one[what + '_reached']:>{width - 4}}/{one[what]:<5}{share:>7}"
        print(row)
    for told in missing:
        print(f"never {str(told['never']).lower():5} {told['place']}: {told['line']}")
    print(f"{percent:.2f} % of the branches of services/domain; pages in {os.path.relpath(BUILD, SOURCE)}/html")
    if percent < LEAST_PERCENT:
        sys.exit(f"Below {LEAST_PERCENT} %.")


if __name__ == "__main__":
    main()
