"""The proof is checked as a stranger would: by the script in its folder, in a Python without Clinoscope."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Exam
from clinoscope.records import Vault, audit, check_proof

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


@pytest.fixture
def proof(vault: Vault, draft: Exam, tmp_path: Path) -> Path:
    vault.settings.set("ä\u2028\x7f", "x")
    vault.exams.sign(draft, PASSWORD)
    vault.settings.set("later", 1)
    vault.prove("e1", 1, tmp_path / "proof")
    return tmp_path / "proof"


def check(folder: Path) -> tuple[int, str]:
    # -I: neither this folder nor the environment helps it
    command = [sys.executable, "-I", str(folder / "check_proof.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


def test_a_stranger_finds_everything_right(proof: Path) -> None:
    code, words = check(proof)
    assert code == 0, words
    assert f"Signed by {NAME} at " in words
    assert "import clinoscope" not in (proof / "check_proof.py").read_text(encoding="utf-8")
    assert "from clinoscope" not in (proof / "check_proof.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("media_type", "ending"), [("image/webp", ".webp"), ("application/dicom", ".dcm"), ("image/bmp", ".bmp")]
)
def test_the_picture_is_called_as_what_it_is(
    vault: Vault, draft: Exam, tmp_path: Path, media_type: str, ending: str
) -> None:
    assert draft.picture is not None
    vault.exams.sign(replace(draft, picture=replace(draft.picture, media_type=media_type)), PASSWORD)
    vault.prove("e1", 1, tmp_path / "proof")
    assert (tmp_path / "proof" / f"picture{ending}").is_file()
    assert check(tmp_path / "proof")[0] == 0


def test_the_patient_is_not_named(proof: Path) -> None:
    told = b"".join(path.read_bytes() for path in proof.iterdir())
    for name in ("Ångström", "2187-3", "1990-02-03"):
        assert name.encode() not in told


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("proof.json", "typical", "atypical", "The exam is not what was signed"),
        ("picture.png", "a picture", "b picture", "The picture is not the one"),
        ("chain.jsonl", "vault.open", "vault.shut", "Event 3 of the log was changed"),
        ("chain.jsonl", '"seq": 2', '"seq": 7', "Event 2 of the log is missing"),
        ("seals.json", "[[", '[[1, "00", "00"], [', "The seal on event 1"),
    ],
)
def test_the_first_broken_link_is_named(proof: Path, file: str, old: str, new: str, sentence: str) -> None:
    changed(proof / file, old, new)
    code, words = check(proof)
    assert code == 1
    assert sentence in words


def test_events_cut_out_added_or_rewritten_show(proof: Path) -> None:
    lines = (proof / "chain.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    (proof / "chain.jsonl").write_text("\n".join(lines[:4] + lines[5:]) + "\n", encoding="utf-8")
    assert "Event 5 of the log is missing" in check(proof)[1]
    # rewritten from there on by somebody who knows how: the seal does not fit any more
    rows, previous = [json.loads(line) for line in lines], check_proof.FIRST
    rows[3]["act"] = "other"
    for row in rows:
        row["previous"] = previous
        row["hash"] = previous = check_proof.event_hash(row)
    (proof / "chain.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert "The seal on event" in check(proof)[1]


def test_what_is_missing_is_a_sentence(proof: Path) -> None:
    (proof / "seals.json").unlink()
    code, words = check(proof)
    assert code == 1
    assert "not complete" in words


@pytest.mark.parametrize("data", ["[" * 100_000, "7", '"x"', "[]", '{"signed_text": 7}', '{"signed_text": "[]"}'])
def test_a_proof_of_anything_else_is_a_sentence(proof: Path, data: str) -> None:
    (proof / "proof.json").write_text(data)
    code, words = check(proof)
    assert code == 1
    assert "not complete" in words


def test_a_proof_names_no_file_elsewhere(proof: Path) -> None:
    changed(proof / "proof.json", '"picture": "picture.png"', '"picture": "/dev/zero"')
    code, words = check(proof)
    assert code == 1
    assert "the picture is missing" in words


def test_only_what_is_signed_is_proved_and_into_a_new_folder(vault: Vault, draft: Exam, tmp_path: Path) -> None:
    vault.exams.save_draft(draft)
    with pytest.raises(NotAllowed, match="signed exam"):
        vault.prove("e1", 1, tmp_path / "proof")
    vault.exams.sign(draft, PASSWORD)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    with pytest.raises(VaultError, match="not empty"):
        vault.prove("e1", 1, tmp_path / "full")
    vault.pictures.path(draft.picture.sha256).unlink()  # type: ignore[union-attr]
    with pytest.raises(VaultError, match="missing"):
        vault.prove("e1", 1, tmp_path / "proof")
    assert not list(tmp_path.glob("*proof*"))


def test_every_signer_seals_the_chain(vault: Vault, draft: Exam, folder: Path) -> None:
    vault.custody.add_user("Bob", "battery staple", [Role.CLINICIAN])
    signed = vault.exams.sign(draft, PASSWORD)
    vault.close()
    with Vault.open(folder, "Bob", "battery staple") as bobs:
        bobs.exams.sign(bobs.exams.amend(signed, "why"), "battery staple")
        seals = bobs._store.rows("SELECT * FROM seals")
        assert len({seal["public_key"] for seal in seals}) == 2
        assert bobs.verify().ok


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, TEXTS, TEXTS)
def test_the_script_hashes_any_event_as_the_vault_does(user: str, subject: str, details: str) -> None:
    row = {"seq": 7, "at": "2026", "user": user, "act": "a.b", "subject": subject, "details": details, "previous": "0"}
    assert check_proof.event_hash(row) == audit._hash(row)
