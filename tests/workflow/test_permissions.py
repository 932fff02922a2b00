"""Each act against each role, asked of the use cases themselves and not of the table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinoscope.domain.access import Act, Role
from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.erasure import Reason
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import (
    audit,
    backups,
    consent,
    custody,
    duplicates,
    erasure,
    exams,
    import_patients,
    labs,
    models,
    numbers,
    people,
    permissions,
    retention,
    users,
)
from clinoscope.workflow import export_dataset as datasets
from clinoscope.workflow.import_patients import Preview
from clinoscope.workflow.numbers import Rule

PASSWORD = "a long enough one"
TODAY = date(2026, 3, 1)
EVERYBODY = set(Role)
NOT_YET = (Purpose.CLINICAL, Consented.GIVEN, date(2999, 1, 1))
MEDICAL = {Role.CLINICIAN, Role.PATHOLOGIST}


class World:
    """A vault with a patient, a draft and a signed exam, in which the user's roles are changed past the rules."""

    def __init__(self, folder: Path, picture: Picture) -> None:
        self.vault, _ = Vault.create(folder, "Ada", PASSWORD, cost=MINIMUM)
        self.picture = picture
        self.patient = exams.new_patient(self.vault, identifier="1", name="Test Person")
        self.draft = self._exam()
        self.signed = exams.sign(self.vault, exams.review(self.vault, self._exam(), "normal"), PASSWORD)
        self.vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])

    def _exam(self) -> Exam:
        draft = exams.take(self.vault, self.patient, "neutrophil/cells", self.picture)
        model = ModelRef("m", "1", "00" * 32)
        return exams.set_reading(self.vault, draft, Reading("neutrophil/cells", "normal", model))

    def become(self, *roles: Role) -> None:
        self.vault.custody.set_roles(self.vault.user.id, roles)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, lesion: Picture) -> Any:
    made = World(tmp_path_factory.mktemp("world") / "vault", lesion)
    yield made
    made.vault.close()


Try = Callable[[World], object]
ACTS: list[tuple[str, Try, set[Role]]] = [
    ("add a patient", lambda w: exams.new_patient(w.vault, identifier="", name=""), MEDICAL | {Role.ASSISTANT}),
    ("change a patient", lambda w: people.change(w.vault, replace(w.patient, name="")), MEDICAL | {Role.ASSISTANT}),
    ("merge", lambda w: people.merge(w.vault, "nobody", w.patient, ""), MEDICAL),
    ("separate", lambda w: people.separate(w.vault, "nobody"), MEDICAL),
    ("see what was merged", lambda w: people.merges_of(w.vault, w.patient.id), EVERYBODY - {Role.ADMINISTRATOR}),
    ("look for the same person", lambda w: duplicates.likely(w.vault, w.patient), EVERYBODY - {Role.ADMINISTRATOR}),
    ("preview a list", lambda w: import_patients.preview(w.vault, Path("/proc/none"), TODAY), MEDICAL),
    ("take a list in", lambda w: import_patients.take_in(w.vault, Preview((), (), 0, "")), MEDICAL),
    ("export the list", lambda w: import_patients.export(w.vault, Path("/proc/none/list.csv")), MEDICAL),
    ("set the numbers", lambda w: numbers.set_rule(w.vault, Rule("-")), {Role.ADMINISTRATOR, Role.CLINICIAN}),
    ("search", lambda w: people.search(w.vault, "x"), EVERYBODY - {Role.ADMINISTRATOR}),
    ("open a patient", lambda w: people.look_at(w.vault, w.patient.id), EVERYBODY - {Role.ADMINISTRATOR}),
    ("list exams", lambda w: people.exams_of(w.vault, w.patient.id), EVERYBODY - {Role.ADMINISTRATOR}),
    ("begin", lambda w: exams.may_begin(w.vault), MEDICAL | {Role.ASSISTANT}),
    (
        "take",
        lambda w: exams.retake(w.vault, w.draft, w.picture),
        MEDICAL | {Role.ASSISTANT},
    ),
    ("put a region back", lambda w: exams.put_back(w.vault, w.draft, w.draft), MEDICAL | {Role.ASSISTANT}),
    ("set a region", lambda w: exams.set_region(w.vault, w.draft, None, Quality(())), MEDICAL | {Role.ASSISTANT}),
    (
        "set a reading",
        lambda w: exams.set_reading(w.vault, w.draft, w.signed.reading),  # type: ignore[arg-type]
        MEDICAL | {Role.ASSISTANT},
    ),
    ("review", lambda w: exams.review(w.vault, w.draft, "no such answer"), MEDICAL),
    ("sign", lambda w: exams.sign(w.vault, w.signed, PASSWORD), MEDICAL),
    ("amend", lambda w: exams.amend(w.vault, w.signed, ""), MEDICAL),
    ("discard", lambda w: exams.discard(w.vault, w.signed), MEDICAL | {Role.ASSISTANT}),
    ("open a signed exam", lambda w: exams.look_at(w.vault, w.signed), MEDICAL | {Role.AUDITOR}),
    ("open a draft", lambda w: exams.look_at(w.vault, w.draft), MEDICAL | {Role.ASSISTANT}),
    ("make a report", lambda w: exams.report(w.vault, replace(w.signed, picture=None)), MEDICAL),
    ("void a lab value", lambda w: labs.void(w.vault, NOTHING, ""), MEDICAL),
    ("read lab values", lambda w: labs.of_patient(w.vault, w.patient.id), EVERYBODY - {Role.ADMINISTRATOR}),
    ("export", lambda w: datasets.export(w.vault, "skin/rash", Path("/proc/none")), MEDICAL),
    ("choose a model", lambda w: models.use(NOTHING, Path("/proc/none"), vault=w.vault), {Role.ADMINISTRATOR}),
    ("list users", lambda w: users.accounts(w.vault), {Role.ADMINISTRATOR}),
    ("add a user", lambda w: users.add(w.vault, "", "", []), {Role.ADMINISTRATOR}),
    ("change roles", lambda w: users.set_roles(w.vault, "nobody", [Role.AUDITOR]), {Role.ADMINISTRATOR}),
    ("remove a user", lambda w: users.remove(w.vault, "nobody"), {Role.ADMINISTRATOR}),
    ("give a password", lambda w: users.reset_password(w.vault, "nobody", "qbfkzlma"), {Role.ADMINISTRATOR}),
    ("read the log", lambda w: audit.entries(w.vault, audit.Filter()), {Role.ADMINISTRATOR, Role.AUDITOR}),
    ("check", lambda w: backups.verify(w.vault), EVERYBODY - {Role.ASSISTANT}),
    ("back up", lambda w: backups.backup(w.vault, Path("/proc/none")), MEDICAL | {Role.ADMINISTRATOR}),
    ("note a consent", lambda w: consent.note(w.vault, w.patient, *NOT_YET), MEDICAL | {Role.ASSISTANT}),
    ("read consents", lambda w: consent.standing(w.vault, w.patient.id), EVERYBODY - {Role.ADMINISTRATOR}),
    ("pass a refusal", lambda w: consent.note_emergency(w.vault, w.patient.id), MEDICAL | {Role.ASSISTANT}),
    ("set the ground", lambda w: consent.set_other_ground(w.vault, False), {Role.ADMINISTRATOR}),
    ("set retention", lambda w: retention.set_rule(w.vault, None), {Role.ADMINISTRATOR}),
    ("list who is due", lambda w: retention.due(w.vault), {Role.CLINICIAN}),
    ("keep a patient", lambda w: retention.keep(w.vault, w.patient.id, ""), {Role.CLINICIAN}),
    ("keep no more", lambda w: retention.keep_no_more(w.vault, "nobody"), {Role.CLINICIAN}),
    ("see what goes", lambda w: erasure.extent(w.vault, w.patient.id), {Role.CLINICIAN}),
    ("erase", lambda w: erasure.erase(w.vault, w.patient.id, Reason.REQUEST, "", PASSWORD), {Role.CLINICIAN}),
    ("make a code", lambda w: custody.new_recovery_code(w.vault, PASSWORD), {Role.ADMINISTRATOR}),
]


class _Nothing:
    """Stands for what a use case would act on: whoever may, fails later and otherwise."""

    id = "nothing"
    task, shipped, sha256, model = "skin/rash", False, "0" * 64, None


NOTHING: Any = _Nothing()


@pytest.mark.parametrize("role", Role)
def test_each_use_case_asks_for_itself(world: World, role: Role) -> None:
    world.become(role)
    for what, attempt, allowed in ACTS:
        try:
            attempt(world)
            refused = False
        except NotAllowed as error:
            refused = " you may not " in str(error)
        except (KnownError, KeyError, OSError):
            refused = False  # let through, then stopped by what it was given
        assert refused == (role not in allowed), (what, role)


def test_a_refusal_says_who_may_and_is_noted(world: World) -> None:
    world.become(Role.ASSISTANT)
    with pytest.raises(
        NotAllowed, match="As assistant you may not sign or amend exams: ask a clinician or pathologist"
    ):
        exams.sign(world.vault, world.draft, PASSWORD)
    event = world.vault.events(1)[0]
    assert (event.act, event.details) == ("access.refused", {"act": "exam.sign", "mode": "neutrophil"})


def test_a_pathologist_signs_smears_only(world: World) -> None:
    world.become(Role.PATHOLOGIST)
    assert permissions.may(world.vault, Act.EXAM_SIGN, "neutrophil")
    assert not permissions.may(world.vault, Act.EXAM_SIGN, "skin")
    with pytest.raises(NotAllowed, match="may not sign"):
        exams.sign(world.vault, replace(world.draft, task="skin/rash"), PASSWORD)
    world.become(Role.PATHOLOGIST, Role.CLINICIAN)
    assert permissions.may(world.vault, Act.EXAM_SIGN, "skin")


def test_lists_hold_what_may_be_opened(world: World) -> None:
    world.become(Role.ASSISTANT)
    assert {exam.state for exam in people.exams_of(world.vault, world.patient.id)} == {ExamState.DRAFT}
    assert people.signed_lately(world.vault, 5) == ()
    world.become(Role.AUDITOR)
    assert {exam.state for exam in people.exams_of(world.vault, world.patient.id)} == {ExamState.SIGNED}
    assert people.drafts(world.vault) == ()


def test_in_an_emergency_more_may_be_read_for_a_while_and_it_is_told(world: World) -> None:
    world.become(Role.ADMINISTRATOR, Role.AUDITOR)
    world.become(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="needs a reason"):
        permissions.emergency(world.vault, " x ")
    assert permissions.emergency(world.vault, "Unconscious,  nobody else here") == 30
    people.look_at(world.vault, world.patient.id)
    exams.look_at(world.vault, world.signed)
    with pytest.raises(NotAllowed):
        exams.sign(world.vault, world.draft, PASSWORD)
    red = [entry for entry in audit.entries(world.vault, audit.Filter()) if entry.tone == "danger"]
    assert [(entry.words, entry.details) for entry in red] == [("Emergency access", "Unconscious, nobody else here")]
    world.vault.emergency_until = 0.0
    with pytest.raises(NotAllowed):
        people.look_at(world.vault, world.patient.id)


def test_every_role_and_act_has_its_words() -> None:
    assert [words.role for words in permissions.role_words()] == list(Role)
    for act in Act:
        assert permissions.act_words(act) != act
        assert any(permissions.allowed([role], act) for role in Role), act
        assert permissions.refusal([Role.AUDITOR], act).startswith("As auditor you may not ")


def test_a_patient_is_not_named_to_who_may_not_see_patients(world: World, patient: Patient) -> None:
    world.become(Role.ADMINISTRATOR)
    assert "A patient" in {entry.about for entry in audit.entries(world.vault, audit.Filter())}
    assert "Test Person" not in {entry.about for entry in audit.entries(world.vault, audit.Filter())}
    world.become(Role.AUDITOR)
    assert "Test Person" in {entry.about for entry in audit.entries(world.vault, audit.Filter())}
