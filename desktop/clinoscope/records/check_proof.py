"""Check the proof of a signed exam without Clinoscope: ``python check_proof.py [FOLDER]``.

Needs Python 3.11 and the package ``cryptography``, nothing else. In the folder lie ``proof.json`` (the exam as it was
signed, with its signature), the picture, ``chain.jsonl`` (every event of the clinic's log, one a line) and
``seals.json`` (the signatures that users put on the log when they signed). It prints what it found; the exit status is
0 only when everything fits, and the first link of the log that does not is named.

What it proves: the picture and the exam are what was signed with this public key, the log saw it being signed, and
nothing in the log was changed since. Whose key it is, a report printed earlier tells: the key's beginning stands on it.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXAM, CHAIN = b"clinoscope exam v1\n", b"clinoscope chain v1\n"
"""What is put before the signed bytes, so that no signature can be taken for another."""
FIRST = "0" * 64
SEALED = ("exam.sign", "patient.erase")
"""What whoever does it signs, on the log itself."""
FIELDS = ("seq", "at", "user", "act", "subject", "details", "previous")


def problems(folder: Path) -> Iterator[str]:
    """One sentence for each thing that does not fit; nothing when all does."""
    try:
        proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
        seals = json.loads((folder / "seals.json").read_text(encoding="utf-8"))
        events = _events(folder / "chain.jsonl")
        yield from _exam(folder, proof)
        yield from _chain(events)
        yield from _logged(proof, events)
        yield from _seals(seals, events)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        yield f"The proof is not complete or cannot be read ({type(error).__name__}: {error})."


def is_signed(prefix: bytes, message: bytes, public_key: str, value: str) -> bool:
    """Whether ``value`` (hex) is the Ed25519 signature of that key (hex) over prefix and message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(value), prefix + message)
    except (InvalidSignature, ValueError):
        return False
    return True


def event_hash(event: dict[str, Any]) -> str:
    """The SHA-256 of an event: of its fields as a JSON list, without spaces."""
    text = json.dumps([event[name] for name in FIELDS], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _events(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _exam(folder: Path, proof: dict[str, Any]) -> Iterator[str]:
    text = proof["signed_text"].encode()
    said = json.loads(text)
    key = said["signature"]["public_key"]
    if not is_signed(EXAM, text, key, proof["signature"]):
        yield "The exam is not what was signed: the signature does not fit."
    file = folder / Path(proof["picture"]).name  # a proof from anywhere names no file elsewhere, and no device
    if not file.is_file():
        raise ValueError("the picture is missing")
    picture = hashlib.sha256(file.read_bytes()).hexdigest()
    if picture != said["picture"]["sha256"]:
        yield "The picture is not the one that was signed."


def _chain(events: list[dict[str, Any]]) -> Iterator[str]:
    """The first link that is broken."""
    previous = FIRST
    for seq, event in enumerate(events, start=1):
        if event["seq"] != seq:
            yield f"Event {seq} of the log is missing."
            return
        if event["previous"] != previous or event["hash"] != event_hash(event):
            yield f"Event {seq} of the log was changed after it was written."
            return
        previous = event["hash"]


def _logged(proof: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    said = json.loads(proof["signed_text"])
    noted = {"version": said["version"], "sha256": hashlib.sha256(proof["signed_text"].encode()).hexdigest()}
    for event in events:
        if event["act"] == "exam.sign" and event["subject"] == said["id"] and json.loads(event["details"]) == noted:
            if event["user"] != said["signature"]["user"]["id"]:
                yield f"Event {event['seq']} of the log names another signer."
            return
    yield "The log did not see this exam being signed."


def erased(proof: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    """Who was erased, in sentences: what is gone with them is not missing."""
    patient = json.loads(proof["signed_text"])["patient_id"]
    for event in events:
        if event["act"] == "patient.erase":
            whose = "The patient of this exam" if event["subject"] == patient else "A patient"
            gone = json.loads(event["details"])
            what = f"{gone['exams']} exams, {gone['pictures']} pictures, {gone['labs']} lab values"
            yield f"{whose} was erased on {event['at'][:10]} with {what} (event {event['seq']} of the log)."


def _seals(seals: list[list[Any]], events: list[dict[str, Any]]) -> Iterator[str]:
    for seq, public_key, value in seals:
        event = events[seq - 1] if 0 < seq <= len(events) else None
        if event is None or not is_signed(CHAIN, event["hash"].encode(), public_key, value):
            yield f"The seal on event {seq} of the log does not fit."
            return
    sealed = {seq for seq, _, _ in seals}
    first = min(sealed, default=len(events) + 1)
    for event in events:
        if event["act"] in SEALED and event["seq"] > first and event["seq"] not in sealed:
            yield f"The seal on event {event['seq']} of the log is missing."
            return


def main() -> int:
    """Check the folder that was given, or the one this file lies in."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    found = list(problems(folder))
    for sentence in found:
        print(sentence)
    if not found:
        proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
        signature = json.loads(proof["signed_text"])["signature"]
        who, key = signature["user"]["name"], signature["public_key"]
        print(f"Everything fits. Signed by {who} at {signature['at']}, key {key}.")
        for sentence in erased(proof, _events(folder / "chain.jsonl")):
            print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
