import gc
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.workflow import import_patients, numbers
from clinoscope.workflow.import_patients import Fate
from clinoscope.workflow.numbers import Rule

TODAY = date(2026, 3, 1)
LIST = """number,name,born,sex
A1,Kofi Mensah,1988-06-03,M
2187-3,Ada Okafor,1990-03-12,F
2187-3,Somebody Else,1955-01-02,M
,Okafor Ada,1990-03-12,
,Ada Okafor,1990-03-12,F
A9,Ada Okafro,1990-03-21,F
A1,Kofi Mensa,1988-06-03,M
,Kofi Mensah,1988-06-03,M
,Zoe Marchand,31.2.1990,F
,Emre Yildiz,,
"""


@pytest.fixture
def clinic(vault: Vault) -> Vault:
    vault.patients.add(
        Patient(id="ada", identifier="2187-3", name="Ada Okafor", sex=Sex.FEMALE, born=date(1990, 3, 12))
    )
    return vault


def file(folder: Path, text: str = LIST) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def searches() -> Iterator[list[int]]:
    """How many generations each of Python's searches for garbage looked at: a window stands still meanwhile."""
    found: list[int] = []

    def heard(phase: str, about: dict[str, int]) -> None:
        if phase == "stop":
            found.append(about["generation"])

    gc.callbacks.append(heard)
    yield found
    gc.callbacks.remove(heard)
    gc.unfreeze()


def test_a_long_list_is_not_looked_through_for_garbage(vault: Vault, searches: list[int], tmp_path: Path) -> None:
    lines = "\n".join(f"X{number},Person {number},1990-03-12" for number in range(3000))
    long = file(tmp_path, f"number,name,born\n{lines}\n")
    searches.clear()
    seen = import_patients.preview(vault, long, TODAY)
    assert len(searches) <= 1, "one before it, when there is little yet"
    searches.clear()
    assert import_patients.take_in(vault, seen, alike=True) == 3000
    assert len(searches) <= 1
    searches.clear()
    gc.collect(0)
    assert not any(one is seen.lines[0] for one in gc.get_objects())


def test_every_line_is_shown_with_what_becomes_of_it(clinic: Vault, tmp_path: Path) -> None:
    before = clinic.events()
    seen = import_patients.preview(clinic, file(tmp_path), TODAY)
    assert [(line.number, line.fate, line.words) for line in seen.lines] == [
        (2, Fate.NEW, ""),
        (3, Fate.THERE, "Ada Okafor has this number here."),
        (4, Fate.ERROR, "This number is Ada Okafor's here: look at both, and give another one."),
        (5, Fate.THERE, "Ada Okafor, 2187-3: the same name, the same birth date."),
        (6, Fate.THERE, "Ada Okafor, 2187-3: the same name, the same birth date."),
        (7, Fate.ALIKE, seen.lines[5].words),
        (8, Fate.ERROR, "Line 2 has the same number: one of both is wrong."),
        (9, Fate.ALIKE, "Looks like line 2: the same name, the same birth date."),
        (10, Fate.ERROR, "“31.2.1990” is no day of the calendar."),
        (11, Fate.NEW, ""),
    ]
    assert "Looks like Ada Okafor, 2187-3" in seen.lines[5].words
    assert clinic.events() == before


def test_all_of_it_is_taken_in_or_nothing(clinic: Vault, tmp_path: Path) -> None:
    seen = import_patients.preview(clinic, file(tmp_path), TODAY)
    assert import_patients.take_in(clinic, seen) == 2
    assert [patient.identifier for patient in clinic.patients.search("yildiz")] == ["2188-1"]
    assert clinic.events(1)[0].details["patients"] == 2
    assert clinic.verify().ok
    again = import_patients.preview(clinic, file(tmp_path), TODAY)
    assert again.count(Fate.NEW) == 0
    before = clinic.events()
    with pytest.raises(NotAllowed, match="has this number"):
        import_patients.take_in(clinic, seen)
    assert clinic.events() == before


def test_those_who_look_like_somebody_only_when_asked_for(clinic: Vault, tmp_path: Path) -> None:
    seen = import_patients.preview(clinic, file(tmp_path), TODAY)
    assert import_patients.take_in(clinic, seen, alike=True) == 4


def test_a_list_with_nobody_new_is_a_sentence(clinic: Vault, tmp_path: Path) -> None:
    seen = import_patients.preview(clinic, file(tmp_path, "number,name\n2187-3,Ada Okafor"), TODAY)
    with pytest.raises(NotAllowed, match="nobody in this list"):
        import_patients.take_in(clinic, seen)


def test_the_clinics_pattern_holds_for_lists_too(clinic: Vault, tmp_path: Path) -> None:
    text = "number,name\n17,Kofi\n,Zoe\nK-12,Emre"
    numbers.set_rule(clinic, Rule("A-##", strict=True))
    strict = import_patients.preview(clinic, file(tmp_path, text), TODAY)
    assert [line.fate for line in strict.lines] == [Fate.ERROR, Fate.ERROR, Fate.NEW]
    numbers.set_rule(clinic, Rule("A-##"))
    kind = import_patients.preview(clinic, file(tmp_path, text), TODAY)
    assert [line.fate for line in kind.lines] == [Fate.NEW, Fate.ERROR, Fate.NEW]
    assert "look like A-12" in kind.lines[0].words


def test_a_file_that_is_not_there_is_a_sentence(clinic: Vault, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        import_patients.preview(clinic, tmp_path / "none.csv", TODAY)
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(30_000_000)
    with pytest.raises(NotAllowed, match="too large"):
        import_patients.preview(clinic, large, TODAY)


def test_an_export_is_noted_and_comes_back(clinic: Vault, tmp_path: Path) -> None:
    clinic.patients.add(Patient(id="x", identifier="=2+3", name="+Zoe"))
    clinic.merges.merge("x", clinic.patients.get("ada"), "same")
    clinic.patients.add(Patient(id="y", identifier="@4", name="=Emre"))
    out = tmp_path / "out.csv"
    assert import_patients.export(clinic, out) == 2
    event = clinic.events(1)[0]
    assert (event.act, event.details) == ("patient.export", {"patients": 2})
    assert out.read_bytes().decode("utf-8-sig").splitlines()[2] == "'@4,'=Emre,,,"
    seen = import_patients.preview(clinic, out, TODAY)
    assert [line.fate for line in seen.lines] == [Fate.THERE, Fate.THERE]
    with pytest.raises(KnownError, match="could not be saved there"):
        import_patients.export(clinic, Path("/proc/none/out.csv"))


def test_an_assistant_takes_no_lists_in(clinic: Vault, tmp_path: Path) -> None:
    clinic.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    clinic.custody.set_roles(clinic.user.id, [Role.ASSISTANT])
    with pytest.raises(NotAllowed, match="may not import patients"):
        import_patients.preview(clinic, file(tmp_path), TODAY)
    with pytest.raises(NotAllowed, match="may not export"):
        import_patients.export(clinic, tmp_path / "out.csv")


def test_ten_thousand_lines_take_seconds(vault: Vault, tmp_path: Path) -> None:
    lines = ["number,name,born,sex"]
    for number in range(10_000):
        born = date.fromordinal(date(1930, 1, 1).toordinal() + number * 7 % 30_000)
        lines.append(f"N{number},Given{number % 97} Family{number % 1009},{born},F")
    path = file(tmp_path, "\n".join(lines))
    began = time.thread_time()
    seen = import_patients.preview(vault, path, TODAY)
    previewed = time.thread_time() - began
    assert import_patients.take_in(vault, seen, alike=True) == 10_000
    print(f"preview {previewed:.1f} s, all {time.thread_time() - began:.1f} s of processor time")
    assert time.thread_time() - began < 20
    assert Counter(line.fate for line in seen.lines)[Fate.ERROR] == 0
