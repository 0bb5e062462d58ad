#!/usr/bin/python3
"""Prints a ranking from Redis, then every change of it and of others.

    REDIS_URL=redis://reader:PASSWORD@HOST:PORT read_ranking.py BLOC/YEAR PERIOD [ID [COUNT]]

With an ID ("0", or the last one you have) it then follows the stream from there, until COUNT entries
were told (0: for ever). Debian: python3-redis.
"""
import hashlib
import json
import os
import sys

import redis

CHANGES = "thidua:pub:v1:changes"


def read(connection, key):
    """The ranking and its revision; None: there is none (any more)."""
    # One command: the fields are of one revision.
    revision, sha256, protobuf, text = connection.hmget(key, "revision", "sha256", "protobuf", "json")
    if protobuf is None:
        return None
    if hashlib.sha256(protobuf).hexdigest() != sha256.decode():
        raise ValueError(f"{key}: not whole; it is put right within seconds")
    return revision.decode(), json.loads(text)


def show(connection, key, shown):
    """Prints it, unless what was shown is as new: a replica of Redis may be behind."""
    found = read(connection, key)
    if found is None:
        print(f"{key}: no ranking")
        shown.pop(key, None)
        return
    revision, ranking = found
    if revision < shown.get(key, ""):
        return
    shown[key] = revision
    print(f"{ranking['blocDisplayName']}, {ranking['periodDisplayName']}: {revision}")
    for row in ranking["rows"]:
        place = row["rank"] or "-"
        print(f"{place}. {row['unitDisplayName']}: {row['total']}")


def follow(connection, last_id, count, shown):
    told = 0
    while not count or told < count:
        # Waits in Redis, five seconds at a time.
        for _, entries in connection.xread({CHANGES: last_id}, count=100, block=5000):
            for last_id, fields in entries:
                told += 1
                key = fields[b"ranking"].decode()
                print(f"{last_id.decode()} {fields[b'change'].decode()} {fields[b'revision'].decode()}")
                if fields[b"change"] == b"MENDED":
                    # What was shown may have been wrong, and passed itself off as newer.
                    shown.pop(key, None)
                try:
                    show(connection, key, shown)
                except ValueError as not_whole:
                    print(not_whole)  # An entry follows once it is put right.


def main():
    bloc_and_year, period = sys.argv[1], sys.argv[2]
    connection = redis.from_url(os.environ["REDIS_URL"], socket_timeout=10)
    shown = {}
    show(connection, f"thidua:pub:v1:ranking:{{{bloc_and_year}}}:{period}", shown)
    if len(sys.argv) > 3:
        follow(connection, sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0, shown)


main()
