#!/usr/bin/python3
"""Prints every ranking that is shown, and from then on each as soon as it changes: server-sent events.

    events.py http://HOST:PORT [PERIODS]

PERIODS: which, "blocs/khoi-thi-dua-4/pacts/-/periods/-"; "-" stands for all. Goes on until it is
stopped, whatever goes away in between. Needs nothing but Python.
"""
import http.client
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# A bookmark comes each second, a comment each 15 seconds where there are none: then the line is dead.
SILENCE_MAX = 45


class Broken(Exception):
    """The stream ended; it is gone on with."""


class Shown:
    """The rankings that are shown, and whether all of them have been told of."""

    def __init__(self):
        self.revisions = {}
        self.told = set()
        self.whole = False
        self.stale = False

    def begin_anew(self):
        """The present state comes whole: what it does not hold is gone."""
        self.told.clear()
        self.whole = False

    def take(self, name, data):
        if data.get("stale", self.stale) != self.stale:
            self.stale = data["stale"]
            print("stale: what is shown may have been overtaken" if self.stale else "not stale")
        if name == "restart":
            self.begin_anew()
            print("restart")
        elif name == "ranking":
            self.show(data["ranking"]["ranking"])
        elif name == "removed":
            self.remove(data["removed"] + "/ranking")
        elif name in ("snapshotEnd", "bookmark") and not self.whole and not data["stale"]:
            for gone in set(self.revisions) - self.told:
                self.remove(gone)
            self.whole = True
            print(f"whole: {len(self.revisions)} rankings")
        # Others may come to be: they are passed over.

    def show(self, ranking):
        self.told.add(ranking["name"])
        # What is shown already may be told again.
        if ranking["revision"] <= self.revisions.get(ranking["name"], ""):
            return
        self.revisions[ranking["name"]] = ranking["revision"]
        state = ranking["state"].removeprefix("STATE_")
        print(f"{ranking['blocDisplayName']}, {ranking['periodDisplayName']}: {ranking['revision']}"
              f" {state}")
        for row in ranking["rows"]:
            place = row["rank"] or "-"
            print(f"{place}. {row['unitDisplayName']}: {row['total']}")

    def remove(self, name):
        if self.revisions.pop(name, None) is not None:
            print(f"{name}: gone")


class Stream:
    def __init__(self, url):
        self.url = url
        self.last_id = ""
        self.retry = 2.0

    def follow(self, shown):
        """Until it breaks. Broken says why; an HTTPError that it will not be otherwise."""
        headers = {"Accept": "text/event-stream"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        else:
            shown.begin_anew()
        try:
            request = urllib.request.Request(self.url, headers=headers)
            with urllib.request.urlopen(request, timeout=SILENCE_MAX) as lines:
                for name, data in self.events(lines):
                    if name == "error":
                        raise Broken(data["error"]["message"])
                    shown.take(name, data)
                    sys.stdout.flush()
        except urllib.error.HTTPError as answer:
            if answer.code not in (429, 502, 503, 504):
                raise
            raise Broken(f"HTTP {answer.code}") from None
        except (OSError, http.client.HTTPException) as broken:
            raise Broken(broken) from None
        raise Broken("the stream ended")

    def events(self, lines):
        name, data = "message", ""
        for line in lines:
            field, _, value = line.decode().rstrip("\r\n").partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data += value
            elif field == "id":
                self.last_id = value
            elif field == "retry":
                self.retry = int(value) / 1000
            elif field == "" and not value and data:  # An empty line: that was one event.
                yield name, json.loads(data)
                name, data = "message", ""


def main():
    query = "?" + urllib.parse.urlencode({"periods": sys.argv[2]}) if len(sys.argv) > 2 else ""
    stream, shown = Stream(f"{sys.argv[1]}/v1/rankings:watch{query}"), Shown()
    while True:
        try:
            stream.follow(shown)
        except Broken as why:
            print(f"{why}; again in {stream.retry:g} s", file=sys.stderr, flush=True)
            time.sleep(stream.retry)


try:
    main()
except urllib.error.HTTPError as refused:
    sys.exit(f"{refused.code} {json.load(refused)['error']['message']}")
except KeyboardInterrupt:
    pass
