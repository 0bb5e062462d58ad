#!/usr/bin/python3
"""Prints a ranking over HTTP, and asks again each second whether it has changed.

    rest.py http://HOST:PORT BLOC/YEAR PERIOD [READINGS [FRESHNESS_TOKEN]]

READINGS (1): how often it is read; 0: for ever. With the FRESHNESS_TOKEN that a write answered, the
first reading is not older than that write. Needs nothing but Python.
"""
import http.client
import itertools
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 1  # As Cache-Control says (max-age).
PATIENCE = 10


class Refused(Exception):
    """An answer that asking again would not change."""


class Away(Exception):
    """Nobody answers for now."""


def seconds_to_wait(headers):
    asked = headers.get("Retry-After", "")
    return int(asked) if asked.isdigit() else 1


def refusal(answer):
    try:
        error = json.load(answer)["error"]
    except ValueError:
        return Refused(f"{answer.code} {answer.reason}")  # By something in between.
    # For programs: `reason` of the ErrorInfo; for people: `message`, in Vietnamese.
    reason = next((d["reason"] for d in error["details"] if "reason" in d), error["status"])
    return Refused(f"{answer.code} {reason}: {error['message']}")


def get(url, headers):
    """The headers and the JSON; None in its place: as it was (304). Waits for who is away."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            request = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(request, timeout=40) as answer:
                return answer.headers, json.load(answer)
        except urllib.error.HTTPError as answer:
            if answer.code == 304:
                return answer.headers, None
            if answer.code not in (429, 502, 503, 504):
                raise refusal(answer) from None
            why, pause = f"HTTP {answer.code}", seconds_to_wait(answer.headers)
        except (OSError, http.client.HTTPException) as broken:
            why, pause = broken, 1
        if time.monotonic() + pause > until:
            raise Away(str(why))
        print(f"{why}; again in {pause} s", file=sys.stderr, flush=True)
        time.sleep(pause)


def show(answer):
    ranking = answer["ranking"]
    state = ranking["state"].removeprefix("STATE_")  # PROVISIONAL or FINAL: show it.
    stale = " stale" if answer["stale"] else ""
    print(f"{ranking['blocDisplayName']}, {ranking['periodDisplayName']}: {ranking['revision']}"
          f" {state}{stale}")
    for row in ranking["rows"]:
        place = row["rank"] or "-"
        print(f"{place}. {row['unitDisplayName']}: {row['total']}")


def main():
    portal, (bloc, year), period = sys.argv[1], sys.argv[2].split("/"), sys.argv[3]
    readings = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    token = sys.argv[5] if len(sys.argv) > 5 else ""
    url = f"{portal}/v1/blocs/{bloc}/pacts/{year}/periods/{period}/ranking"
    etag, shown = "", None
    for reading in itertools.count(1):
        query = "?" + urllib.parse.urlencode({"freshnessToken": token}) if token else ""
        try:
            headers, answer = get(url + query, {"If-None-Match": etag} if etag else {})
            if answer is None:
                print("unchanged")
            elif shown and answer["ranking"]["revision"] < shown["ranking"]["revision"]:
                print("older than what is shown: passed over")  # By a portal that is behind.
            else:
                show(answer)
                # What is never gone back from needs no token any more.
                etag, shown, token = headers["ETag"], answer, ""
        except Away as why:
            if shown is None:
                raise
            # Cache-Control allows it for a day (stale-if-error).
            print(f"{why}: shown is what held at {shown['ranking']['dataTime']}")
        sys.stdout.flush()
        if reading == readings:
            return
        time.sleep(SECONDS)


try:
    main()
except (Refused, Away) as error:
    sys.exit(str(error))
