"""The whole test of a site: pictures in, files out, the outcome in the vault, the standing on readings."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import ModelRef
from clinoscope.records import Vault, acceptances
from clinoscope.workflow import acceptance, models
from clinoscope.workflow.acceptance import State, standing, standing_of
from clinoscope.workflow.criteria import Outcome
from clinoscope.workflow.labelled import LabelsError

TASK = modes.task("skin/lesion-photo")


def quiet(_done: int, _of: int, _about: str) -> None:
    """Nobody listens."""


@pytest.fixture
def labelled(tmp_path: Path, lesion: Picture) -> Path:
    """A folder of eight variants of the phantom under two labels, one twice, and one that is no picture."""
    small = cv2.resize(lesion.pixels, (320, 240), interpolation=cv2.INTER_AREA)
    for index in range(8):
        folder = tmp_path / "pictures" / TASK.labels[index % 2 + 2].id / f"p{index // 2}"
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{index}.png"), cv2.convertScaleAbs(small, alpha=1 - index / 40)[:, :, ::-1])
    (folder / "text.jpg").write_text("not a picture")
    (folder / "copy.png").write_bytes((folder / "7.png").read_bytes())
    return tmp_path / "pictures"


def test_files_are_written_and_the_outcome_is_recorded(labelled: Path, tmp_path: Path, vault: Vault) -> None:
    out, told = tmp_path / "out", []
    done = acceptance.run(TASK, labelled, out, lambda *progress: told.append(progress), vault=vault)
    assert (done.outcome, done.recorded, done.model) == (Outcome.TOO_FEW, True, models.ready(TASK.id))
    assert told[-1][:2] == (10, 10)
    figures = json.loads((out / "acceptance.json").read_text(encoding="utf-8"))
    assert figures == done.figures
    assert (figures["n"], figures["groups"], figures["copies"], figures["unreadable"]) == (8, 4, 1, 1)
    assert (figures["by"], figures["outcome"], figures["earlier"]) == ("Ada", "too few pictures to say", [])
    assert figures["model"]["sha256"] == done.model.sha256
    with (out / "readings.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 8
    pdf = (out / "validation.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")

    (kept,) = acceptances.tests(vault.settings, done.model.sha256)
    assert kept["files"]["validation.pdf"] == hashlib.sha256(pdf).hexdigest()
    event = vault.events(1)[0]
    assert (event.act, event.subject) == ("model.test", done.model.sha256)
    assert event.details["report"] == kept["files"]["validation.pdf"]
    assert vault.verify().ok
    assert standing(vault, done.model).state is State.NOT_TESTED


def test_the_report_of_the_last_test_can_be_drawn_again(labelled: Path, tmp_path: Path, vault: Vault) -> None:
    model = models.ready(TASK.id)
    assert acceptance.last_criteria(vault, model) is None
    assert acceptance.last_report(vault, TASK, model) is None
    for _ in range(2):
        done = acceptance.run(TASK, labelled, tmp_path / "out", quiet, vault=vault)
    assert acceptance.last_criteria(vault, model) == done.criteria
    assert [test["outcome"] for test in done.figures["earlier"]] == ["too few pictures to say"]
    drawn = acceptance.last_report(vault, TASK, model)
    assert drawn is not None
    from clinoscope.reports.preview import page_count

    assert page_count(drawn) == page_count(done.report.read_bytes())


def test_without_a_vault_nothing_is_recorded(labelled: Path, tmp_path: Path) -> None:
    done = acceptance.run(TASK, labelled, tmp_path / "out", quiet, by="Lab 2")
    assert not done.recorded
    assert done.figures["rehearsal"]
    assert done.figures["by"] == "Lab 2"


def test_a_number_in_another_unit_is_no_test_and_is_not_recorded(tmp_path: Path, vault: Vault) -> None:
    from clinoscope.workflow.demo import phantom

    lips = modes.task("anemia/lip")
    file = tmp_path / "l.csv"
    file.write_text(f"path,value,unit\n{phantom(lips.id)},12.1,g/dL\n")
    done = acceptance.run(lips, file, tmp_path / "out", quiet, vault=vault)
    assert (done.outcome, done.recorded) == (Outcome.NO_TEST, False)
    assert not (tmp_path / "out" / "readings.csv").exists()
    assert "g/dL: no test is made" in done.figures["numbers"][0]["why_not"]
    assert acceptances.tests(vault.settings, done.model.sha256) == ()


def test_what_cannot_be_tested_gets_a_sentence(labelled: Path, tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="test neutrophil/type"):
        acceptance.run(modes.task("neutrophil/cells"), labelled, tmp_path / "out", quiet)
    with pytest.raises(LabelsError, match="cannot be written"):
        acceptance.run(TASK, labelled, labelled / "melanoma" / "p3" / "text.jpg", quiet)
    (tmp_path / "l.csv").write_text("path,label\nnone.png,melanoma\n")
    with pytest.raises(LabelsError, match="Not one picture"):
        acceptance.run(TASK, tmp_path / "l.csv", tmp_path / "out", quiet)


def test_stopped_in_the_middle_nothing_is_written_or_recorded(labelled: Path, tmp_path: Path, vault: Vault) -> None:
    def stop(done: int, _of: int, _about: str) -> None:
        if done == 3:
            raise KnownError("Stopped.")

    with pytest.raises(KnownError, match="Stopped"):
        acceptance.run(TASK, labelled, tmp_path / "out", stop, vault=vault)
    assert not (tmp_path / "out").exists()
    assert acceptances.tests(vault.settings, models.ready(TASK.id).sha256) == ()


@pytest.fixture
def full_disk(mount_disk: Callable[[str], Path]) -> Path:
    """Sixteen kilobytes, on a real file system of their own: less than a report takes."""
    return mount_disk("16k")


def test_a_result_outlasts_a_full_disk(labelled: Path, full_disk: Path, tmp_path: Path, vault: Vault) -> None:
    made = acceptance.make(TASK, labelled, quiet, vault=vault)
    with pytest.raises(LabelsError, match=r"disk is full.*Nothing was recorded"):
        acceptance.keep(made, full_disk, vault=vault)
    assert list(full_disk.iterdir()) == []
    assert acceptances.tests(vault.settings, made.model.sha256) == ()
    done = acceptance.keep(made, tmp_path / "out", vault=vault)
    assert done.report.read_bytes() == made.files["validation.pdf"]
    (kept,) = acceptances.tests(vault.settings, made.model.sha256)
    assert kept["figures"] == made.figures
    assert kept["files"]["validation.pdf"] == hashlib.sha256(done.report.read_bytes()).hexdigest()


def test_a_stick_that_is_pulled_out_meanwhile_is_not_made_anew(labelled: Path, tmp_path: Path, vault: Vault) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()

    def pulled_out(done: int, _of: int, _about: str) -> None:
        if done == 3:
            stick.rmdir()

    with pytest.raises(LabelsError, match=r"disk is not there any more.*Nothing was recorded"):
        acceptance.run(TASK, labelled, stick / "test", pulled_out, vault=vault)
    assert not stick.exists()
    assert acceptances.tests(vault.settings, models.ready(TASK.id).sha256) == ()


# --- standing ---


def test_nobody_has_tested_it() -> None:
    found = standing_of(())
    assert (found.state, found.at, found.by, found.labels) == (State.NOT_TESTED, None, "", ())
    assert found.sentence.startswith("Not validated here")


def kept(outcome: Outcome, day: int, **more: object) -> dict[str, object]:
    return {"outcome": str(outcome), "at": f"2026-11-{day:02d}T12:00:00+00:00", "by": "Ada", "n": 90, **more}


def test_the_last_test_that_decided_counts() -> None:
    few, good, bad = kept(Outcome.TOO_FEW, 1), kept(Outcome.PASSED, 2, labels=["melanoma"]), kept(Outcome.NOT_PASSED, 3)
    assert standing_of((few,)).state is State.NOT_TESTED
    assert "too few pictures" in standing_of((few,)).sentence
    assert standing_of((bad, good)).state is State.PASSED
    assert standing_of((good, bad)).state is State.FAILED
    after = standing_of((good, kept(Outcome.TOO_FEW, 9)))
    assert (after.state, after.by, after.labels) == (State.PASSED, "Ada", ("melanoma",))
    assert after.at is not None
    assert after.at.day == 2
    assert "90 pictures" in after.sentence


def test_a_pass_says_what_was_not_tested() -> None:
    found = standing_of((kept(Outcome.PASSED, 2, labels=["melanoma"], untested=["Nevus", "Melanoma in situ"]),))
    assert found.sentence.endswith("Not tested here, for want of pictures: Nevus, Melanoma in situ.")


def test_a_new_version_begins_again(vault: Vault) -> None:
    model = ModelRef("m", "1.0.0", "a" * 64)
    vault.run(acceptances.add(model.sha256, kept(Outcome.PASSED, 2), {}))
    assert standing(vault, model).state is State.PASSED
    assert standing(vault, ModelRef("m", "1.0.1", "b" * 64)).state is State.NOT_TESTED


def test_a_count_stands_where_the_types_of_its_cells_stand(vault: Vault) -> None:
    count = models.of_task("neutrophil/cells")
    types = next(use for use in count.uses if use.task == "neutrophil/type")
    assert standing(vault, count.ref).state is State.NOT_TESTED
    vault.run(acceptances.add(types.sha256, kept(Outcome.PASSED, 2), {}))
    found = standing(vault, count.ref)
    assert found.state is State.PASSED
    assert "not the finding of them" in found.sentence


def test_a_package_with_caution_is_read_with_it_until_it_has_passed(vault: Vault) -> None:
    types = models.ready("neutrophil/type")
    assert standing(vault, types).sentence.endswith(acceptance.CAUTION)
    assert standing(vault, models.ready("neutrophil/cells")).sentence.endswith(acceptance.CAUTION)
    assert acceptance.CAUTION not in standing(vault, models.ready(TASK.id)).sentence
    vault.run(acceptances.add(types.sha256, kept(Outcome.NOT_PASSED, 1), {}))
    assert standing(vault, types).sentence.endswith(acceptance.CAUTION)
    assert not acceptance.validated(vault, types)
    vault.run(acceptances.add(types.sha256, kept(Outcome.PASSED, 2), {}))
    assert acceptance.CAUTION not in standing(vault, types).sentence
    assert acceptance.validated(vault, types)
