import os
import shutil
import signal
import struct
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.consent import Consented
from clinoscope.domain.errors import KnownError, NotAllowed, PictureError, VaultError
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.record import Exam, Patient, Sex
from clinoscope.domain.region import Region
from clinoscope.paths import MODELS
from clinoscope.records import Vault
from clinoscope.training import recipe as recipes
from clinoscope.training.data import training_rows
from clinoscope.workflow import consent, exams, labs
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.export_dataset import LabelBy, LeftOut, export

sys.path.insert(0, str(Path(__file__).parent))
from signed_pictures import BOX, PASSWORD, agrees, drawn, events, listed, signed


def test_reviewed_and_signed_exams_come_back_as_what_a_recipe_trains_on(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    for number, patient in enumerate(people):
        label = ("psoriasis", "folliculitis")[number % 2]
        for visit in range(2):
            signed(vault, patient, drawn(10 * number + visit), label)
        labs.add(vault, patient, labs.HAEMOGLOBIN, f"{9 + number}", "g/dL", date(2026, 3, 3))
    told: list[tuple[int, int]] = []
    done = export(vault, "scalp/disease", tmp_path / "set", progress=lambda *share: told.append(share))
    assert (done.pictures, done.patients, done.labels) == (12, 6, {"folliculitis": 6, "psoriasis": 6})
    assert (told[0], told[-1]) == ((0, 12), (12, 12))
    scalp = recipes.load(MODELS / "recipes" / "scalp-disease.toml")
    rows = training_rows(replace(scalp, labels=("psoriasis", "folliculitis"), folds=3), tmp_path / "set")
    assert [sum(row.label == label for row in rows) for label in ("psoriasis", "folliculitis")] == [6, 6]
    assert len({row.group for row in rows}) == 6
    assert all(len({row.label for row in rows if row.group == group}) == 1 for group in {row.group for row in rows})
    assert all(open_picture(row.path).width > BOX.w for row in rows)
    assert {row["hb_days"] for row in listed(tmp_path / "set")} == {"2"}
    assert {row["hb_g_dl"] for row in listed(tmp_path / "set")} == {f"{9 + number}.00" for number in range(6)}


def test_a_field_that_was_only_counted_is_no_cell_of_any_type(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    signed(vault, people[0], drawn(1), "counted", task="neutrophil/cells")
    with pytest.raises(KnownError, match="nothing to export"):
        export(vault, "neutrophil/type", tmp_path / "none")
    signed(vault, people[1], drawn(2), "neutrophil", task="neutrophil/type")
    assert export(vault, "neutrophil/type", tmp_path / "set").labels == {"neutrophil": 1}


def test_nothing_in_the_export_tells_who_it_is(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    done = [signed(vault, patient, drawn(number)) for number, patient in enumerate(people)]
    out = tmp_path / "set"
    export(vault, "scalp/disease", out)
    secret = {str(vault.folder), vault.user.id, "Mensah", "iPhone", "phone", "2026:03:01", "2026-03-01", "sister"}
    for patient, exam in zip(people, done, strict=True):
        assert patient.born is not None and exam.picture is not None
        secret |= {patient.id, patient.name, patient.name.split("-")[0], patient.identifier, patient.note, exam.id}
        secret |= {patient.born.isoformat(), f"{patient.born:%d.%m.%Y}", f"{patient.born:%Y%m%d}", exam.picture.sha256}
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) == len(people) + 2
    for path in files:
        told = path.read_bytes() + str(path.relative_to(out)).encode()
        for word in secret:
            for written in (word, word.upper(), word.lower()):
                assert written.encode() not in told, (path.name, word)
                assert written.encode("utf-16-le") not in told, (path.name, word)
        if path.suffix == ".png":
            assert set(chunks(path)) == {b"IHDR", b"IDAT", b"IEND"}


def test_two_records_of_one_person_are_one_group(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    for number, patient in enumerate(people[:3]):
        signed(vault, patient, drawn(number))
    vault.merges.merge(people[0].id, people[1], "same passport")
    done = export(vault, "scalp/disease", tmp_path / "set")
    assert (done.pictures, done.patients) == (3, 2)


def chunks(path: Path) -> list[bytes]:
    data, place, found = path.read_bytes(), 8, []
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        found.append(data[place + 4 : place + 8])
        place += length + 12
    return found


def test_only_what_was_signed_last_counts_and_what_has_no_answer_is_counted(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    first = signed(vault, people[0], drawn(1), "psoriasis")
    again = exams.review(vault, exams.amend(vault, first, "looked again"), "folliculitis")
    exams.sign(vault, again, PASSWORD)
    exams.take(vault, people[1], "scalp/disease", drawn(2))
    exams.discard(vault, exams.take(vault, people[1], "scalp/disease", drawn(3)))
    signed(vault, people[1], drawn(4), CANNOT_JUDGE)
    signed(vault, people[2], drawn(5), UNSURE, said=UNSURE)
    signed(vault, people[3], drawn(1))
    signed(vault, people[4], drawn(6), task="skin/rash", answer="mpox")
    done = export(vault, "scalp/disease", tmp_path / "set")
    assert done.pictures == 1
    assert sum(done.left_out.values()) == 3
    assert done.left_out[LeftOut.CANNOT_JUDGE] == done.left_out[LeftOut.UNSURE] == done.left_out[LeftOut.AGAIN] == 1
    (row,) = listed(tmp_path / "set")
    assert row["label"] in ("folliculitis", "psoriasis")  # of two exams of one picture either may be first
    assert (row["model"], row["camera"]) == ("shipped@1.0.0", "camera-1")
    told = (tmp_path / "set" / "README.txt").read_text(encoding="utf-8")
    assert "1: the clinician was unsure" in told
    assert "models/recipes/scalp-disease.toml --data DIR --out DIR2" in told


def test_haemoglobin_labels_by_the_limit_for_age_and_sex(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    woman, man, unknown, far, none, unsure = people
    man = vault.patients.change(replace(man, sex=Sex.MALE))
    unknown = vault.patients.change(replace(unknown, born=None))
    for number, patient in enumerate((woman, man, unknown, far, none)):
        signed(vault, patient, drawn(number), "not_anemic", task="anemia/nail")
    signed(vault, unsure, drawn(9), UNSURE, task="anemia/nail", said=UNSURE)
    for patient, days in ((woman, -3), (man, 7), (unknown, 0), (far, 8), (unsure, 0)):
        labs.add(vault, patient, labs.HAEMOGLOBIN, "12.5", "g/dL", date(2026, 3, 1) + timedelta(days=days))
    done = export(vault, "anemia/nail", tmp_path / "set", label_by=LabelBy.HB)
    assert done.labels == {"anemic": 1, "not_anemic": 2}
    assert done.left_out == {LeftOut.NO_HB.value: 2, LeftOut.NO_LIMIT.value: 1}
    assert sorted((row["label"], row["hb_days"]) for row in listed(tmp_path / "set")) == [
        ("anemic", "7"),
        ("not_anemic", "-3"),
        ("not_anemic", "0"),
    ]
    told = (tmp_path / "set" / "README.txt").read_text(encoding="utf-8")
    assert "World Health" in " ".join(told.split())
    with pytest.raises(NotAllowed, match="anemia tasks only"):
        export(vault, "skin/rash", tmp_path / "other", label_by=LabelBy.HB)


def test_names_differ_in_every_export_and_the_act_is_in_the_chain(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    for number, patient in enumerate(people[:2]):
        signed(vault, patient, drawn(number))
    export(vault, "scalp/disease", tmp_path / "one")
    (tmp_path / "two").mkdir()
    export(vault, "scalp/disease", tmp_path / "two")
    one, two = (
        [{row[name] for row in listed(tmp_path / where)} for name in ("path", "group")] for where in ("one", "two")
    )
    assert not one[0] & two[0] and not one[1] & two[1]
    event = vault.events(1)[0]
    assert event.act == "dataset.export"
    assert event.details == {"task": "scalp/disease", "label": "review", "pictures": 2, "patients": 2} | {
        "by_consent": True
    }
    assert vault.verify().ok


def test_a_stick_pulled_out_in_the_middle_is_told_and_can_be_written_again(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        signed(vault, people[0], drawn(number))
    stick, pocket = tmp_path / "stick", tmp_path / "pocket"
    stick.mkdir()

    def pull(done: int, _of: int) -> None:
        if done == 2:
            stick.rename(pocket)

    with pytest.raises(KnownError, match="Its disk is not there any more") as told:
        export(vault, "scalp/disease", stick / "set", progress=pull)
    assert "hidden folder .set.unfinished: delete it" in str(told.value)
    assert not stick.exists(), "nothing is written beneath it"
    assert [path.name for path in pocket.iterdir()] == [".set.unfinished"]
    assert vault.latest("dataset.export") is None
    pocket.rename(stick)
    assert export(vault, "scalp/disease", stick / "set").pictures == 3
    assert [path.name for path in stick.iterdir()] == ["set"]


def test_it_goes_into_a_new_folder_outside_the_vault_or_nowhere(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    signed(vault, people[0], drawn(1))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    (tmp_path / "file").write_text("keep")
    with pytest.raises(KnownError, match="not an empty folder"):
        export(vault, "scalp/disease", tmp_path / "full")
    with pytest.raises(KnownError, match="not an empty folder"):
        export(vault, "scalp/disease", tmp_path / "file")
    with pytest.raises(KnownError, match="cannot be written to"):
        export(vault, "scalp/disease", tmp_path / "file" / "set")
    with pytest.raises(KnownError, match="does not belong into the vault"):
        export(vault, "scalp/disease", vault.folder / "set")
    with pytest.raises(NotAllowed, match="gives a picture no label"):
        export(vault, "neutrophil/cells", tmp_path / "set")
    with pytest.raises(KnownError, match="no exam of it is signed"):
        export(vault, "skin/rash", tmp_path / "set")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "vault"]
    assert "dataset.export" not in events(vault)


def test_stopped_or_killed_it_leaves_nothing_that_looks_finished(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, patient in enumerate(people[:3]):
        signed(vault, patient, drawn(number))

    def stop(done: int, of: int) -> None:
        if done == 2:
            assert len(list(tmp_path.glob(".set.unfinished/pictures/*.png"))) == 2
            assert not list(tmp_path.rglob("labels.csv"))
            raise KnownError("Stopped.")

    with pytest.raises(KnownError, match="Stopped"):
        export(vault, "scalp/disease", tmp_path / "set", progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vault"]
    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KnownError):
            export(vault, "scalp/disease", tmp_path / "set", progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".set.unfinished", "vault"]
    assert export(vault, "scalp/disease", tmp_path / "set").pictures == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "vault"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from clinoscope.records import Vault
from clinoscope.workflow.export_dataset import export
vault = Vault.open(Path(sys.argv[1]), "Ada", sys.argv[2])
kill = lambda done, of: done == 2 and os.kill(os.getpid(), signal.SIGKILL)
export(vault, "scalp/disease", Path(sys.argv[3]), progress=kill)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_killed_for_good_it_can_begin_again(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    for number, patient in enumerate(people[:3]):
        signed(vault, patient, drawn(number))
    vault.close()
    command = [sys.executable, "-c", _KILLED, str(vault.folder), PASSWORD, str(tmp_path / "set")]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert not (tmp_path / "set").exists()
    assert not list(tmp_path.rglob("labels.csv"))
    with Vault.open(vault.folder, "Ada", PASSWORD) as again:
        assert "dataset.export" not in events(again)
        assert export(again, "scalp/disease", tmp_path / "set").pictures == 3
        assert again.verify().ok
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "vault"]


@pytest.mark.parametrize("failure", [VaultError("gone"), PictureError("cut off")])
def test_a_picture_that_is_lost_is_counted_and_the_others_leave(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: KnownError
) -> None:
    _, lost = (signed(vault, patient, drawn(number)) for number, patient in enumerate(people[:2]))
    find = exams.picture_of

    def picture_of(where: Vault, exam: Exam) -> Picture:
        if exam.id == lost.id:
            raise failure
        return find(where, exam)

    monkeypatch.setattr(exams, "picture_of", picture_of)
    done = export(vault, "scalp/disease", tmp_path / "set")
    assert (done.pictures, done.left_out) == (1, {LeftOut.LOST.value: 1})


def test_who_did_not_agree_is_left_out_and_why(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    for number, patient in enumerate(people[:3]):
        signed(vault, patient, drawn(number))
    never = exams.new_patient(vault, identifier="NEW", name="Never Asked")
    signed(vault, never, drawn(9))
    done = export(vault, "scalp/disease", tmp_path / "first")
    assert (done.pictures, done.left_out, done.by_consent) == (3, {LeftOut.NOT_ASKED.value: 1}, True)
    agrees(vault, people[1], Consented.REFUSED)  # taken back later
    agrees(vault, people[2], Consented.NOT_ASKED)  # noted by mistake
    done = export(vault, "scalp/disease", tmp_path / "second")
    assert done.pictures == 1
    assert done.left_out == {LeftOut.NOT_ASKED.value: 2, LeftOut.REFUSED.value: 1}
    assert "stays in this one" in " ".join((tmp_path / "second" / "README.txt").read_text().split())
    assert len(listed(tmp_path / "first")) == 3


def test_another_legal_ground_does_not_ask_the_patients(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    agrees(vault, people[0], Consented.REFUSED)
    signed(vault, people[0], drawn(1))
    with pytest.raises(KnownError, match="refused the use for training"):
        export(vault, "scalp/disease", tmp_path / "set")
    consent.set_other_ground(vault, True)
    done = export(vault, "scalp/disease", tmp_path / "set")
    assert (done.pictures, done.by_consent) == (1, False)
    assert "another legal ground" in (tmp_path / "set" / "README.txt").read_text()
    assert next(event for event in vault.events() if event.act == "dataset.export").details["by_consent"] is False


def test_a_phantom_is_of_nobody_who_could_agree(vault: Vault, tmp_path: Path) -> None:
    drawn_one = open_picture(phantom("scalp/disease"))
    signed(vault, exams.new_patient(vault, identifier="P", name="Phantom"), drawn_one, region=Region(BOX, "drawn"))
    assert export(vault, "scalp/disease", tmp_path / "set").phantoms == 1
