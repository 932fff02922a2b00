"""Any sequence of what people do, against a model in memory that is too simple to be wrong."""

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from clinoscope.domain.access import Role
from clinoscope.domain.erasure import Reason
from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.record import Exam, ExamState, Patient, Review
from clinoscope.records import Vault, restore
from clinoscope.records.keys import MINIMUM

sys.path.insert(0, str(Path(__file__).parent))

from material import material

pytestmark = pytest.mark.timeout(300)
NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda name: name.split()
)


class Clinic(RuleBasedStateMachine):
    """``known`` is what every list must show, ``versions`` every version that was not discarded."""

    patients, exams, pictures = Bundle("patients"), Bundle("exams"), Bundle("pictures")

    @initialize()
    def begin(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="clinoscope-model-"))
        self.vault, _ = Vault.create(self.home / "vault", NAME, PASSWORD, cost=MINIMUM)
        self.password = PASSWORD
        self.known: dict[str, Patient] = {}
        self.versions: dict[str, list[Exam]] = {}
        self.stored: dict[str, bytes] = {}
        self.data: dict[str, bytes] = {}
        self.owners: dict[str, str] = {}
        self.discarded: dict[str, list[Exam]] = {}
        self.users = {NAME}
        self.number = 0

    def _next(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    @rule(target=patients, name=NAMES)
    def add_patient(self, name: str) -> str:
        key = self._next("p")
        self.known[key] = self.vault.patients.add(Patient(id=key, identifier=key, name=name))
        return key

    @rule(patient=patients, name=NAMES)
    def change_patient(self, patient: str, name: str) -> None:
        self.known[patient] = self.vault.patients.change(replace(self.known[patient], name=name))

    @rule(patient=consumes(patients))
    def erase_patient(self, patient: str) -> None:
        theirs = {exam for exam, owner in self.owners.items() if owner == patient}
        named = {
            exam.picture.sha256
            for key, versions in self.versions.items()
            if key not in theirs
            for exam in (*versions, *self.discarded.get(key, ()))
            if exam.picture
        }
        self.vault.erasures.erase(patient, Reason.MISTAKE, self.password)
        del self.known[patient]
        for exam in theirs:
            self.versions[exam] = []
            assert self.vault.exams.versions(exam) == ()
        left = {row["sha256"] for row in self.vault._store.rows("SELECT sha256 FROM pictures")}
        assert named <= left
        self.stored = {sha256: data for sha256, data in self.stored.items() if sha256 in left}

    @rule(target=pictures, data=st.binary(max_size=2000))
    def put_picture(self, data: bytes) -> str:
        sha256 = self.vault.pictures.put(data)
        self.stored[sha256] = self.data[sha256] = data
        return sha256

    @rule(target=exams, patient=patients, sha256=pictures)
    def take(self, patient: str, sha256: str) -> str:
        draft, _ = material()
        assert draft.picture is not None
        if sha256 not in self.stored:  # erased with another patient
            self.put_picture(self.data[sha256])
        picture = replace(draft.picture, sha256=sha256)
        exam = replace(draft, id=self._next("e"), patient_id=patient, picture=picture, review=None)
        self.vault.exams.save_draft(exam)
        self.versions[exam.id] = [exam]
        self.owners[exam.id] = patient
        return exam.id

    @rule(exam=exams, comment=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    def review(self, exam: str, comment: str) -> None:
        newest = self._newest(exam)
        if newest is None:
            return
        changed = replace(newest, review=Review(answer="mpox", agrees=True, comment=comment))
        if newest.state is ExamState.SIGNED:
            with pytest.raises(NotAllowed):
                self.vault.exams.save_draft(changed)
            return
        self.vault.exams.save_draft(changed)
        self.versions[exam][-1] = changed

    @rule(exam=exams)
    def sign(self, exam: str) -> None:
        newest = self._newest(exam)
        if newest is None:
            return
        if newest.state is ExamState.SIGNED or newest.review is None:
            with pytest.raises(NotAllowed):
                self.vault.exams.sign(newest, self.password)
            return
        self.versions[exam][-1] = self.vault.exams.sign(newest, self.password)

    @rule(exam=exams)
    def amend(self, exam: str) -> None:
        newest = self._newest(exam)
        if newest is None or newest.state is not ExamState.SIGNED:
            return
        self.versions[exam].append(self.vault.exams.amend(newest, "second look"))

    @rule(exam=exams)
    def discard(self, exam: str) -> None:
        newest = self._newest(exam)
        if newest is None:
            return
        if newest.state is ExamState.SIGNED:
            with pytest.raises(NotAllowed):
                self.vault.exams.discard_draft(newest)
            return
        self.vault.exams.discard_draft(newest)
        self.discarded.setdefault(exam, []).append(self.versions[exam].pop())

    @rule()
    def add_and_remove_a_user(self) -> None:
        name = self._next("User ")
        account = self.vault.custody.add_user(name, "battery staple", [Role.CLINICIAN])
        if self.number % 2:
            self.vault.custody.remove_user(account.user.id)
        else:
            self.users.add(name)

    @rule()
    def change_password(self) -> None:
        old, self.password = self.password, self._next("password number ")
        self.vault.custody.change_password(old, self.password)

    @rule()
    def log_out_and_in(self) -> None:
        self.vault.close()
        if self.password != PASSWORD:
            with pytest.raises(WrongPassword):
                Vault.open(self.home / "vault", NAME, PASSWORD)
        self.vault = Vault.open(self.home / "vault", NAME, self.password)

    @precondition(lambda self: self.number < 12)
    @rule()
    def rotate(self) -> None:
        self.vault.custody.rotate(self.password)
        self.vault.close()
        self.vault = Vault.open(self.home / "vault", NAME, self.password)

    @rule()
    def back_up_and_go_on_from_the_backup(self) -> None:
        made = self.vault.backup(self.home / "stick")
        self.vault.close()
        shutil.rmtree(self.home / "vault")
        restore(made, self.home / "vault")
        self.vault = Vault.open(self.home / "vault", NAME, self.password)

    @invariant()
    def nothing_is_lost_and_nothing_else_is_there(self) -> None:
        if not hasattr(self, "vault"):
            return
        found = self.vault.patients.search("", limit=1000)
        assert {patient.id: patient for patient in found} == self.known
        for exam, versions in self.versions.items():
            assert list(self.vault.exams.versions(exam)) == versions
        assert {exam.id for exam, _ in self.vault.exams.drafts()} == {
            versions[-1].id for versions in self.versions.values() if versions and versions[-1].state == "draft"
        }
        assert {entry.user.name for entry in self.vault.custody.accounts() if not entry.removed} == self.users

    def teardown(self) -> None:
        if hasattr(self, "vault"):
            report = self.vault.verify()
            kept = {sha256: self.vault.pictures.get(sha256) for sha256 in self.stored}
            self.vault.close()
            shutil.rmtree(self.home)
            assert report.ok, report.problems
            assert kept == self.stored

    def _newest(self, exam: str) -> Exam | None:
        versions = self.versions[exam]
        return versions[-1] if versions else None


TestClinic = Clinic.TestCase
TestClinic.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
