#!/usr/bin/env python3
"""Draws what a load saw: one SVG a phase, three plots over time under one another (latency, calls and errors, memory).

    draw.py build/load/file.json docs/pictures/load-file.svg

Colours and paper are of the viewer's mode, light or dark. Nothing but the standard library.
"""

import json
import math
import sys
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP = 900, 64, 176, 74
PLOT, GAP = 170, 62
POINTS_MAX = 180  # More than can be told apart.

TITLES = {
    "file": "The worst hour of a province",
    "country": "34 provinces in one suite: the last minutes of the hour",
    "overload": "Callers who ask for more than they may",
    "soak": "One steady load",
}
KINDS = {
    "writes": "writes",
    "fresh_reads": "fresh reads",
    "grpc_reads": "reads, gRPC",
    "http_reads": "reads, HTTPS",
    "excess": "excess",
}
SHORTER = {
    "FRESHNESS_NOT_REACHED": "not fresh in time",
    "SENT_AGAIN RESOURCE_EXHAUSTED": "turned away, sent again",
    "SENT_AGAIN DEADLINE_EXCEEDED": "late, sent again",
    "SENT_AGAIN UNAVAILABLE": "not there, sent again",
}
COLOURS = ["--c0", "--c1", "--c2", "--c3", "--c4", "--c5"]
STYLE = """
svg { --paper:#ffffff; --ink:#1f2328; --faint:#d0d7de; --soft:#57606a; --band:#0000000d;
  --c0:#0550ae; --c1:#8250df; --c2:#1a7f37; --c3:#bc4c00; --c4:#cf222e; --c5:#57606a; }
@media (prefers-color-scheme: dark) { svg { --paper:#0d1117; --ink:#e6edf3; --faint:#3d444d; --soft:#9198a1; --band:#ffffff12;
  --c0:#79c0ff; --c1:#d2a8ff; --c2:#56d364; --c3:#ffa657; --c4:#ff7b72; --c5:#9198a1; } }
text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.title { font-size: 17px; font-weight: 600 } .sub { fill: var(--soft) } .head { font-weight: 600 }
.tick { fill: var(--soft); font-size: 11px } .grid { stroke: var(--faint); stroke-width: 1 }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
"""


def number(value):
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    if value >= 1e4:
        return f"{value / 1e3:g}k"
    return f"{value:g}"


def round_ticks(top, count=4):
    """From 0 to at least top, in steps of 1, 2 or 5."""
    step = 10 ** math.floor(math.log10(max(top, 1e-9) / count))
    step = next(step * k for k in (1, 2, 5, 10) if step * k * count >= top)
    return [i * step for i in range(int(math.ceil(top / step - 1e-9)) + 1)]


def thinned(points):
    """At most POINTS_MAX: of each group the greatest, so that no peak is lost."""
    group = max(1, math.ceil(len(points) / POINTS_MAX))
    parts = [points[i:i + group] for i in range(0, len(points), group)]
    return [(part[len(part) // 2][0], max(y for _, y in part)) for part in parts]


class Plot:
    """One of the pictures under one another."""

    def __init__(self, top, seconds, head, unit, logarithmic):
        self.top, self.seconds, self.head, self.unit, self.logarithmic = top, seconds, head, unit, logarithmic
        self.lines = []  # (label, points, dashed)

    def add(self, label, points, dashed=False):
        if any(y > 0 for _, y in points):
            self.lines.append((label, thinned(points), dashed))

    def x(self, second):
        return LEFT + (WIDTH - LEFT - RIGHT) * second / self.seconds

    def drawn(self, colours):
        values = [y for _, points, _ in self.lines for _, y in points if y > 0] or [1]
        if self.logarithmic:
            low, high = math.floor(math.log10(min(values)) + 0.05), math.ceil(math.log10(max(values)) + 1e-9)
            high = max(high, low + 1)
            ticks = [10 ** k for k in range(low, high + 1)]
            place = lambda y: self.top + PLOT * (1 - (math.log10(max(y, 10 ** low)) - low) / (high - low))
        else:
            ticks = round_ticks(max(values))
            place = lambda y: self.top + PLOT * (1 - y / ticks[-1])
        out = [f'<text class="head" x="{LEFT}" y="{self.top - 12}">{escape(self.head)}'
               f'<tspan class="sub" dx="6">{escape(self.unit)}</tspan></text>']
        for tick in ticks:
            y = place(tick)
            out.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
                       f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
        names = []
        for label, points, dashed in self.lines:
            colour = f"var({colours[label]})"
            shown = [y > 0 or not self.logarithmic for _, y in points]  # Nothing has no place among powers of ten.
            path = "".join(f"{'L' if i > 0 and shown[i - 1] else 'M'}{self.x(x):.1f} {place(y):.1f}"
                           for i, (x, y) in enumerate(points) if shown[i])
            dash = ' stroke-dasharray="4 3"' if dashed else ""
            out.append(f'<path class="line" stroke="{colour}"{dash} d="{path}"/>')
            names.append([place(next(y for _, y in reversed(points) if y > 0)), label + (" p50" if dashed else ""), colour])
        # Names stand beside their lines' ends, and not on one another.
        names.sort()
        for before, name in zip([[-math.inf]] + names, names):
            name[0] = max(name[0], before[0] + 14, self.top + 4)
        for y, label, colour in names:
            out.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}" style="fill:{colour}">{escape(label)}</text>')
        return out

    def time_axis(self):
        unit, name = (60, "minutes") if self.seconds > 600 else (1, "seconds")
        out = []
        for tick in round_ticks(self.seconds / unit, 8):
            if tick * unit <= self.seconds:
                out.append(f'<text class="tick" x="{self.x(tick * unit):.1f}" y="{self.top + PLOT + 16}" '
                           f'text-anchor="middle">{number(tick)}</text>')
        out.append(f'<text class="tick" x="{WIDTH - RIGHT}" y="{self.top + PLOT + 30}" text-anchor="end">{name}</text>')
        return out


def series(samples, kind, field):
    return [(s["second"], s[kind][field]) for s in samples if field in s.get(kind, {})]


def drawing(load):
    samples, seconds = load["samples"], max(load["seconds"], 1)
    tops = [TOP + 16 + i * (PLOT + GAP) for i in range(3)]
    latency = Plot(tops[0], seconds, "Latency, 99th percentile", "ms, of what was answered OK; dashed: median of writes", True)
    calls = Plot(tops[1], seconds, "Answers", "a second; red: other than OK", True)
    memory = Plot(tops[2], seconds, "Resident memory", "MiB", False)
    colours = {}
    for i, (kind, label) in enumerate(KINDS.items()):
        colours[label] = ("--c0", "--c1", "--c2", "--c3", "--c5")[i]
        latency.add(label, series(samples, kind, "p99_ms"))
        calls.add(label, series(samples, kind, "per_second"))
    latency.add("writes", series(samples, "writes", "p50_ms"), dashed=True)
    codes = sorted({code for s in samples for kind in KINDS for code in s.get(kind, {}).get("errors", {})})
    for code in codes:
        colours[SHORTER.get(code, code)] = "--c4"
        calls.add(SHORTER.get(code, code), [(s["second"], sum(s.get(kind, {}).get("errors", {}).get(code, 0) for kind in KINDS))
                         for s in samples])
    for i, process in enumerate(samples[0]["memory_mib"] if samples else []):
        if process == "the load itself":
            continue
        colours[process] = COLOURS[i]
        memory.add(process, [(s["second"], s["memory_mib"][process]) for s in samples])

    height = tops[-1] + PLOT + 40
    facts = load["facts"]
    said = ", ".join(f"{facts[key]:,} {key}" for key in ("units", "blocs", "targets", "filings", "acknowledged figures")
                     if key in facts)
    errors = sum(s.get(kind, {}).get("errors", {}).get(code, 0) for s in samples for kind in KINDS for code in codes
                 if kind != "excess")
    said += f"; {errors:,} answers within limits other than OK"
    title = TITLES.get(load["phase"], load["phase"])
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
           f'aria-label="{escape(title)}"><style>{STYLE}</style>',
           # Legible also where the page is dark and the viewer's mode is light.
           f'<rect fill="var(--paper)" width="{WIDTH}" height="{height}" rx="8"/>',
           f'<text class="title" x="{LEFT}" y="28">{escape(title)}</text>',
           f'<text class="sub" x="{LEFT}" y="48">{escape(said)}</text>']
    stretches = [(name, s["began"], s["seconds"]) for name, s in load["summary"].items() if name != load["phase"]]
    for i, (name, began, length) in enumerate(sorted(stretches, key=lambda s: s[1])):
        x, width = latency.x(began), latency.x(began + length) - latency.x(began)
        if name in ("excess", "after the deadline"):
            out += [f'<rect fill="var(--band)" x="{x:.1f}" y="{top}" width="{width:.1f}" height="{PLOT}"/>' for top in tops]
        anchor, at = ("end", x + width) if width < 90 else ("start", x + 3)
        out.append(f'<text class="tick" x="{at:.1f}" y="{tops[0] + PLOT - 5}" text-anchor="{anchor}">{escape(name)}</text>')
    for plot in (latency, calls, memory):
        out += plot.drawn(colours) + plot.time_axis()
    return "\n".join(out + ["</svg>\n"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        load = json.load(file)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(drawing(load))


if __name__ == "__main__":
    main()
