#!/usr/bin/python3
"""Takes a message of another system in, and answers it: reported figures in an envelope.

    lgsp_envelope.py http://HOST:PORT [PATIENCE] < envelope.json > reply.json

Ends with 0 when the message is settled: the reply, taken or refused, is on standard output, and the
message may be acknowledged. Ends with 75 when nothing is known after PATIENCE (30) seconds: leave the
message where it is and deliver it again, as often as need be; it is stored once.
What an envelope looks like is assumed (docs/integration/lgsp.md): read_envelope and reply_to are all
that knows of it. Needs nothing but Python.
"""
import datetime
import hashlib
import http.client
import json
import re
import sys
import time
import urllib.error
import urllib.request
import uuid

TYPE = "thidua.results.put"
# Replies are kept for 30 days: an older message might be stored a second time.
AGE_MAX = datetime.timedelta(days=29)
TRY_AGAIN_LATER = 75  # EX_TEMPFAIL
# Sent again as it is, the message would be refused again.
REFUSED = (400, 404, 409, 413, 415)

OUTCOMES = {"KIND_CREATED": "STORED", "KIND_UPDATED": "CORRECTED", "KIND_UNCHANGED": "UNCHANGED",
            "KIND_REJECTED": "REJECTED"}


class Refused(Exception):
    """The message is settled, and nothing of it is stored."""

    def __init__(self, reason, sentence, faults=()):
        super().__init__(sentence)
        self.reason, self.sentence, self.faults = reason, sentence, list(faults)


class Unknown(Exception):
    """Whether it is stored is not known, or it could not be."""


def read_envelope(text):
    envelope = json.loads(text)
    for field in ("id", "sender", "receiver", "sentAt", "type", "body"):
        if not envelope.get(field):
            raise Refused("ENVELOPE_INVALID", f"Thông điệp thiếu “{field}”.")
    if envelope["type"] != TYPE:
        raise Refused("TYPE_UNKNOWN", f"Không nhận loại thông điệp “{envelope['type']}”.")
    body = envelope["body"]
    # It becomes part of an address: nothing but a period's name.
    if not re.fullmatch(r"blocs/[a-z0-9-]+/pacts/[a-z0-9-]+/periods/[a-z0-9-]+", body.get("period", "")):
        raise Refused("ENVELOPE_INVALID", "“period” phải có dạng “blocs/…/pacts/…/periods/…”.")
    if not isinstance(body.get("rows"), list):
        raise Refused("ENVELOPE_INVALID", "“rows” phải là danh sách các dòng số liệu.")
    try:
        sent = datetime.datetime.fromisoformat(envelope["sentAt"]).astimezone(datetime.timezone.utc)
    except ValueError:
        raise Refused("ENVELOPE_INVALID", "“sentAt” phải là thời điểm theo ISO 8601.") from None
    if datetime.datetime.now(datetime.timezone.utc) - sent > AGE_MAX:
        raise Refused("TOO_OLD", "Thông điệp đã gửi quá lâu; xin gửi lại bằng thông điệp mới.")
    return envelope


def idempotency_key(envelope):
    """The same for the same message; of one sender, for others number theirs alike."""
    return hashlib.sha256(f"{envelope['sender']}\n{envelope['id']}".encode()).hexdigest()


def request_of(body):
    """PutResults: unit and target by the names that the sender has for them, figures as printed."""
    rows = []
    for row in body["rows"]:
        asked = {"unitText": row.get("unit", ""), "targetText": row.get("target", ""),
                 "actual": {"text": row.get("figure", "")}}
        if "percent" in row:
            asked["statedPercent"] = {"text": row["percent"]}
        for field in ("note", "correctionReason"):
            if field in row:
                asked[field] = row[field]
        rows.append(asked)
    # PER_UNIT: every row is told its outcome, and one unit's mistake keeps out nobody else.
    return {"rows": rows, "mode": "MODE_PER_UNIT"}


def put(portal, envelope, patience):
    """The answer of PutResults; asked again, under the same key, while nobody answers."""
    request = urllib.request.Request(
        f"{portal}/v1/{envelope['body']['period']}/results:put",
        data=json.dumps(request_of(envelope["body"])).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": idempotency_key(envelope)})
    until = time.monotonic() + patience
    while True:
        pause = 1
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            if answer.code in REFUSED and answer.headers.get_content_type() == "application/json":
                raise refusal_of(json.load(answer)["error"]) from None
            # Anything else is not the message's fault, and may be otherwise later.
            why = f"HTTP {answer.code}"
            asked = answer.headers.get("Retry-After", "")
            pause = int(asked) if asked.isdigit() else 1
        except (OSError, http.client.HTTPException) as broken:
            why = broken
        if time.monotonic() + pause > until:
            raise Unknown(str(why))
        print(f"{why}; again in {pause} s", file=sys.stderr, flush=True)
        time.sleep(pause)


def refusal_of(error):
    reason, faults = error["status"], []
    for detail in error["details"]:
        reason = detail.get("reason", reason)
        faults += [(v["field"], *v["description"].split(": ", 1))
                   for v in detail.get("fieldViolations", [])]
    return Refused(reason, error["message"], faults)


def fault(field, reason, message, suggestion=""):
    """"rows[3].target_text" as the sender has it: row 3, "target"."""
    place = re.fullmatch(r"rows\[(\d+)\]\.?(.*)", field)
    names = {"unit_text": "unit", "target_text": "target", "actual": "figure", "stated_percent": "percent",
             "correction_reason": "correctionReason"}
    name = place[2] if place else field
    return {"row": int(place[1]) if place else None, "field": names.get(name, name), "reason": reason,
            "message": message, "suggestion": suggestion}


def reply_to(envelope, body):
    said = idempotency_key(envelope) + json.dumps(body, sort_keys=True)
    return {
        # The same for the same said of the same message: a reply that comes twice can be told, too.
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, said)),
        "inReplyTo": envelope["id"], "sender": envelope["receiver"], "receiver": envelope["sender"],
        "sentAt": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "type": TYPE + ".reply", "body": body}


def settle(portal, envelope, patience):
    answer = put(portal, envelope, patience)
    rows = []
    for sent, outcome in zip(envelope["body"]["rows"], answer["outcomes"]):  # In the same order.
        rows.append({
            "ref": sent.get("ref", ""), "outcome": OUTCOMES[outcome["kind"]],
            "revision": outcome["revision"], "late": outcome["late"],
            "faults": [fault(**told) for told in outcome["faults"]],
            "warnings": [fault(**told) for told in outcome["warnings"]]})
    # A reading that is given the token is never older than this.
    return {"taken": True, "rows": rows, "freshnessToken": answer["freshnessToken"]}


def main():
    portal, patience = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30
    text = sys.stdin.read()
    try:
        envelope = read_envelope(text)
        body = settle(portal, envelope, patience)
    except Refused as refused:
        envelope = {"id": "", "sender": "", "receiver": "", **json.loads(text)}
        body = {"taken": False, "reason": refused.reason, "message": refused.sentence,
                "faults": [fault(*f) for f in refused.faults]}
    json.dump(reply_to(envelope, body), sys.stdout, ensure_ascii=False, indent=2)
    print()


try:
    main()
except Unknown as unknown:
    print(f"not known whether it is stored: {unknown}", file=sys.stderr)
    sys.exit(TRY_AGAIN_LATER)
