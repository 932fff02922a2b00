import re
from pathlib import Path

import clinoscope
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.workflow import audit, people, retention

SOURCE = Path(clinoscope.__file__).parent


def test_every_act_that_is_written_has_words() -> None:
    told = set(audit._table()["acts"])
    pattern = re.compile(
        r'(?:Operation|note|_save|self\._keep)\(\s*(?:exam, \w+, |done, row, |exam, _row\(exam\), )?"(\w+\.\w+)"'
    )
    written = set()
    for room in ("records", "workflow"):
        for path in (SOURCE / room).glob("*.py"):
            written |= set(pattern.findall(path.read_text(encoding="utf-8")))
    assert len(written) > 20
    assert written <= told


def test_entries_come_newest_first_in_pages(vault: Vault, patient: Patient) -> None:
    for number in range(7):
        vault.settings.set("key", number)
    first = audit.entries(vault, audit.Filter(group="settings"), limit=4)
    rest = audit.entries(vault, audit.Filter(group="settings"), before=first[-1].seq, limit=4)
    assert [len(first), len(rest)] == [4, 3]
    assert [entry.seq for entry in (*first, *rest)] == sorted((e.seq for e in (*first, *rest)), reverse=True)


def test_they_can_be_asked_for_by_user_group_and_patient(vault: Vault, patient: Patient) -> None:
    people.look_at(vault, patient.id)
    vault.settings.set("key", 1)
    about = audit.entries(vault, audit.Filter(patient=patient.id))
    assert {entry.words for entry in about} == {"Added a patient", "Opened a patient"}
    assert {entry.about for entry in about} == {"Test Person"}
    assert audit.entries(vault, audit.Filter(user="nobody")) == ()
    assert {entry.who for entry in audit.entries(vault, audit.Filter(user=vault.user.id))} == {"Ada"}


def said(vault: Vault, key: str) -> tuple[str, str]:
    """What stands in the log when that setting is changed."""
    vault.settings.set(key, "something else")
    (entry,) = audit.entries(vault, audit.Filter(group="settings"), limit=1)
    return entry.words, entry.details


def test_a_setting_stands_in_the_log_in_words(vault: Vault) -> None:
    assert said(vault, "backup.folder") == ("Changed a setting", "where backups go")
    assert said(vault, "exam.source.anemia") == ("Changed a setting", "where pictures come from · Anemia")
    assert said(vault, "camera.Microscope HD") == ("Changed a setting", "how a camera is set · Microscope HD")
    assert said(vault, "exam.task")[1] == "which task is offered first", "older vaults have it"
    retention.set_rule(vault, retention.Rule(10, 5))
    (entry,) = audit.entries(vault, audit.Filter(group="settings"), limit=1)
    assert entry.details == "how long records are kept · 10 years, minors 5 years after coming of age"


def test_every_setting_that_is_written_has_words() -> None:
    pattern = re.compile(r"settings\.set(?:\(|, )(?:work\.)?(_?[A-Z][A-Z_]*)")
    files = [path for path in sorted(SOURCE.rglob("*.py")) if pattern.search(path.read_text(encoding="utf-8"))]
    names = {name for path in files for name in pattern.findall(path.read_text(encoding="utf-8"))}
    defined = re.compile(r"^(_?[A-Z][A-Z_, ]*) = (.+)$", re.MULTILINE)
    keys = set()
    for path in (*files, SOURCE / "ui" / "exam" / "work.py"):
        for left, right in defined.findall(path.read_text(encoding="utf-8")):
            values = re.findall(r'"([^"]+)"', right)
            keys |= {value for name, value in zip(left.split(", "), values, strict=False) if name in names}
    assert len(keys) == len(names) > 10
    assert keys <= set(audit._table()["settings"])
