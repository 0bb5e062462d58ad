#!/usr/bin/env python3
"""Fuzzes every target, one after the other, and tells what came of it. `make fuzz` builds and runs it.

    FUZZ_RUNS=10000000 make fuzz            so many runs of each target
    FUZZ_SECONDS=600 make fuzz              so long each (60 unless told, and without end with FUZZ_RUNS)
    FUZZ_SEED=7 FUZZ_TARGETS="csv_fuzz xlsx_fuzz" make fuzz
    FUZZ_AFRESH=1 make fuzz                 from the kept corpus alone, as where nothing was found before
    make fuzz-merge                         takes into the kept corpus what was found and earns its place

What is found is kept in build/fuzz/found/TARGET, and an input that fails in build/fuzz/crashes; the log
of a target's last run is build/fuzz/log/TARGET.log. build/fuzz/summary/TARGET.jsonl has a line of figures
for each run of it in this build tree, whose sums are told at the end.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build/fuzz"
# Of the kept corpus: it is replayed by every `make test`, and read by people.
KEPT_MAX = 40
# By the clock, and the processor may be others' for a while: for what never ends. What ends and is slow is found
# by the processor's time (hold.h). And what a target holds is some megabytes.
INPUT_SECONDS_MAX = 300
MEMORY_MB_MAX = 2048
PROGRESS_EVERY = 15
# As libFuzzer exits when it was asked to stop: no crash.
INTERRUPTED = 72
# Their code writes log lines, which nobody reads here. What libFuzzer itself says is not lost.
LOGGING = {"redis_replies_fuzz"}
# Who allocated what is asked when a failure is looked into: to note it whole takes a fifth of all time.
SANITIZER = "malloc_context_size=1"


def targets():
    """Name and greatest length of an input, of each target or of FUZZ_TARGETS."""
    known = dict(line.split() for line in (BUILD / "fuzz_targets.txt").read_text().splitlines())
    wanted = os.environ.get("FUZZ_TARGETS", "").split() or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"no such target: {' '.join(unknown)}; there are {' '.join(known)}")
    return [(name, int(known[name])) for name in wanted]


def binary(name):
    return str(BUILD / "bin" / name)


def kept(name):
    return HERE / "corpus" / name


def found(name):
    folder = BUILD / "found" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def files_in(folder):
    return [file for file in folder.iterdir() if file.is_file()]


def last(pattern, text, otherwise=0):
    matches = re.findall(pattern, text)
    return int(matches[-1]) if matches else otherwise


def fuzz(name, max_len, runs, seconds, seed, place):
    crashes = BUILD / "crashes" / name
    crashes.mkdir(parents=True, exist_ok=True)
    before = {file.name for file in files_in(crashes)}
    afresh = tempfile.TemporaryDirectory(dir=BUILD) if os.environ.get("FUZZ_AFRESH") else None
    corpus = pathlib.Path(afresh.name) if afresh else found(name)
    log = BUILD / "log" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    command = [binary(name), f"-seed={seed}", f"-max_len={max_len}", f"-timeout={INPUT_SECONDS_MAX}",
               # What is slow and ends is no failure: a machine may be busy.
               f"-report_slow_units={INPUT_SECONDS_MAX}",
               f"-rss_limit_mb={MEMORY_MB_MAX}", f"-artifact_prefix={crashes}/", "-print_final_stats=1",
               # Weighing what is rare takes up to five times as long as to run an input that reaches much (prose of
               # reports: 1,100 runs in a second of a core without, 200 with), and finds no more in the same time.
               "-entropic=0",
               f"-close_fd_mask={2 if name in LOGGING else 0}"]
    if runs:
        command.append(f"-runs={runs}")
    if seconds:
        command.append(f"-max_total_time={seconds}")
    dictionary = HERE / "dictionaries" / f"{name}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    began = time.monotonic()
    with open(log, "w", errors="replace") as out:
        process = subprocess.Popen(command + [str(corpus), str(kept(name))], stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, "ASAN_OPTIONS": SANITIZER})
        try:
            while True:
                try:
                    process.wait(PROGRESS_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    print(progress(name, place, log, began, runs, seconds), flush=True)
        except KeyboardInterrupt:
            process.wait()
            raise
        finally:
            if afresh:
                shutil.copytree(corpus, found(name), dirs_exist_ok=True)
                afresh.cleanup()
    took = time.monotonic() - began
    text = log.read_text(errors="replace")
    done = last(r"stat::number_of_executed_units:\s*(\d+)", text, last(r"(?m)^#(\d+)", text))
    new = [file.name for file in files_in(crashes) if file.name not in before]
    failed = len(new) or int(process.returncode not in (0, INTERRUPTED))
    return {"target": name, "ended": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "runs": done, "seconds": round(took, 1),
            "runs_a_second": round(done / took) if took else 0, "seed": seed, "afresh": afresh is not None,
            "slowest_seconds": last(r"stat::slowest_unit_time_sec:\s*(\d+)", text),
            "cov": last(r"\bcov: (\d+)", text), "corpus": len(files_in(found(name))) + len(files_in(kept(name))),
            "kept": len(files_in(kept(name))), "crashes": failed, "inputs": new}


def summary(name):
    return BUILD / "summary" / f"{name}.jsonl"


def record(row):
    """By appending one line, so that two runs at once lose nothing of each other's."""
    summary(row["target"]).parent.mkdir(exist_ok=True)
    with open(summary(row["target"]), "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def with_sums(row):
    all_runs = [json.loads(line) for line in summary(row["target"]).read_text().splitlines()]
    return {**row, "runs_in_all": sum(one["runs"] for one in all_runs),
            "crashes_in_all": sum(one["crashes"] for one in all_runs)}


def progress(name, place, log, began, runs, seconds):
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        tail = file.read().decode(errors="replace")
    took = time.monotonic() - began
    done = last(r"(?m)^#(\d+)", tail)
    bound = f" of {runs:,}" if runs else ""
    until = f" of {seconds} s" if seconds else " s"
    return f"{place} {name}: {took:.0f}{until}, {done:,}{bound} runs, cov {last(r'cov: ([0-9]+)', tail)}"


def print_table(rows):
    heads = ["target", "runs", "seconds", "runs_a_second", "slowest_seconds", "cov", "corpus", "crashes",
             "runs_in_all", "crashes_in_all"]
    lines = [["target", "runs", "seconds", "runs/s", "slowest s", "cov", "corpus", "crashes", "runs in all",
              "crashes in all"]]
    lines += [[f"{row[head]:,}" if isinstance(row[head], int) else str(row[head]) for head in heads] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    for line in lines:
        print("  ".join(cell.ljust(widths[0]) if i == 0 else cell.rjust(widths[i]) for i, cell in enumerate(line)))


def run():
    runs = int(os.environ.get("FUZZ_RUNS") or 0)
    seconds = int(os.environ.get("FUZZ_SECONDS") or (0 if runs else 60))
    seed = int(os.environ.get("FUZZ_SEED") or 2019)
    wanted = targets()
    bounds = [f"{runs:,} runs"] * bool(runs) + [f"{seconds} s"] * bool(seconds)
    print(f"{len(wanted)} targets, {' or '.join(bounds)} each; FUZZ_SEED={seed}", flush=True)
    rows = []
    for number, (name, max_len) in enumerate(wanted, 1):
        place = f"[{number}/{len(wanted)}]"
        row = fuzz(name, max_len, runs, seconds, seed, place)
        rows.append(row)
        told = "no crash" if not row["crashes"] else f"CRASHED: build/fuzz/crashes/{name}, build/fuzz/log/{name}.log"
        print(f"{place} {name}: {row['runs']:,} runs in {row['seconds']} s, cov {row['cov']}, {told}", flush=True)
        # After each: what was done is told even of a run that is broken off.
        record(row)
    print()
    print_table([with_sums(row) for row in rows])
    print(f"\nFUZZ_SEED={seed}; figures of all runs in build/fuzz/summary")
    return 1 if any(row["crashes"] for row in rows) else 0


def named(file):
    """Whether a person gave the file its name: libFuzzer names inputs by their SHA-1."""
    return not re.fullmatch(r"[0-9a-f]{40}", file.name)


def merged_into(name, folder, sources):
    """-merge=1: takes the small ones first, of each only what reaches something new. By the code that is
    reached and not by how often, so that a kept input earns its place. The features of each input taken."""
    with tempfile.NamedTemporaryFile() as control:
        subprocess.run([binary(name), "-merge=1", "-use_counters=0", f"-merge_control_file={control.name}", str(folder)]
                       + [str(source) for source in sources], check=True, capture_output=True)
        text = pathlib.Path(control.name).read_text()
    return {feature for line in re.findall(r"(?m)^FT \d+(.*)$", text) for feature in line.split()}


def features(name, files):
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as empty:
        for file in files:
            shutil.copy(file, temporary)
        return merged_into(name, empty, [temporary])


def merge():
    """Inputs that people named stay; of all others, kept before or found now, those that reach most."""
    for name, _ in targets():
        folder = kept(name)
        own = [file for file in files_in(folder) if named(file)]
        with tempfile.TemporaryDirectory() as temporary:
            for file in own:
                shutil.copy(file, temporary)
            merged_into(name, temporary, [folder, found(name)])
            new = [file for file in files_in(pathlib.Path(temporary)) if not named(file)]
            reached = {file: features(name, [file]) for file in new}
            for file in files_in(folder):
                if not named(file):
                    file.unlink()
            known = features(name, own) if own else set()
            while new and len(files_in(folder)) < KEPT_MAX:
                best = max(new, key=lambda file: len(reached[file] - known))
                if not reached[best] - known:
                    break
                new.remove(best)
                known |= reached[best]
                shutil.copy(best, folder)
        print(f"{name}: {len(files_in(folder))} inputs kept, {len(own)} of them by their name", flush=True)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["merge"]):
        sys.exit(__doc__)
    sys.exit(merge() if sys.argv[1:] == ["merge"] else run())
