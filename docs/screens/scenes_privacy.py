"""Scenes of what patients agreed to, of erasing and of how long they are kept, of the users and of the log."""

from __future__ import annotations

from datetime import date, timedelta

from scenes_settings import settings
from stage import Scene, Stage

LONG_AGO = (
    # name, sex, born, seen last
    ("Mbali Dube", "F", date(1951, 2, 11), date(2009, 5, 12)),
    ("Nils Andersson", "M", date(1948, 9, 30), date(2012, 10, 2)),
    ("Oriol Puig", "M", date(2001, 4, 8), date(2013, 3, 21)),
)


def consents(stage: Stage) -> None:
    """An agreement that was taken back for training, on its way to being noted."""
    from clinoscope.domain.consent import Consented, Purpose
    from clinoscope.workflow import consent

    vault, patient = stage.window.shell.open_vault, stage.patients[0]
    first = date.today() - timedelta(days=92)  # noqa: DTZ011 - the day on the wall, as a nurse would write it
    for purpose in Purpose:
        consent.note(vault, patient, purpose, Consented.GIVEN, first, "form 17")
    stage.window.shell.go("patient", patient_id=patient.id)
    stage.settle()
    page = stage.window.page
    page.consent.change.click()  # type: ignore[union-attr]  # the page just gone to
    page.consent.panel.choices[Purpose.TRAINING].take("refused")  # type: ignore[union-attr]
    page.consent.panel.note.set_text("form 22")  # type: ignore[union-attr]


def erasing(stage: Stage) -> None:
    """What erasing somebody would take, before the number and the password are typed."""
    stage.window.shell.go("patient", patient_id=stage.patients[0].id)
    stage.settle()
    stage.window.page.consent.erase.click()  # type: ignore[union-attr]  # the page just gone to


def privacy(stage: Stage) -> None:
    """The clinic's rule on how long patients are kept, and that some are past it."""
    from PySide6.QtWidgets import QScrollArea

    from clinoscope.domain.record import Sex
    from clinoscope.workflow import exams, labs, retention

    vault = stage.window.shell.open_vault
    for name, sex, born, seen in LONG_AGO if not retention.rule(vault) else ():
        number = vault.patients.suggest_identifier()
        patient = exams.new_patient(vault, name=name, identifier=number, sex=Sex(sex), born=born)
        labs.add(vault, patient, "haemoglobin", "12.1", "g/dL", seen, None)
        if patient.born and patient.born.year > 2000:
            retention.keep(vault, patient.id, "Treatment goes on elsewhere; records asked for")
    retention.set_rule(vault, retention.Rule(10, 5))
    settings(stage)
    section = stage.window.page.privacy  # type: ignore[union-attr]  # the page just gone to
    scroll = section
    while not isinstance(scroll, QScrollArea):
        scroll = scroll.parentWidget()
    scroll.ensureWidgetVisible(section)


def keeping(stage: Stage) -> None:
    """Who is past the rule, one of them about to be kept."""
    privacy(stage)
    stage.settle()
    section = stage.window.page.privacy  # type: ignore[union-attr]  # the page just gone to
    section.list_due.click()
    stage.settle()
    section.panels[0].rows[0].keep.click()


SCENES: dict[str, Scene] = {
    "consent": consents,
    "erase": erasing,
    "settings-privacy": privacy,
    "settings-keeping": keeping,
    "users": lambda stage: stage.window.shell.go("users"),
    "log": lambda stage: stage.window.shell.go("audit"),
}
