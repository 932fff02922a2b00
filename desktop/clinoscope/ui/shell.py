"""What a page may ask of the window around it: who is logged in, go there, say this.

Pages know the shell and nothing of each other. The window listens to the shell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from clinoscope.domain.access import Act, Role
from clinoscope.ui.preferences import PreferencesFile

if TYPE_CHECKING:
    from clinoscope.domain.record import Patient, User
    from clinoscope.records import Vault

NEEDS = {
    "today": Act.PATIENT_READ,
    "people": Act.PATIENT_READ,
    "patient": Act.PATIENT_READ,
    "exam": Act.PATIENT_READ,
    "compare": Act.PATIENT_READ,
    "smears": Act.PATIENT_READ,
    "smear": Act.PATIENT_READ,
    "users": Act.USERS,
    "audit": Act.AUDIT,
}
"""What a user must be allowed to do to go there; every use case asks again for itself."""

PLACES: dict[str, tuple[str, str]] = {
    "today": ("clinoscope.ui.pages.today", "TodayPage"),
    "people": ("clinoscope.ui.pages.people", "PeoplePage"),
    "patient": ("clinoscope.ui.pages.patient", "PatientPage"),
    "exam": ("clinoscope.ui.exam.page", "ExamPage"),
    "compare": ("clinoscope.ui.compare.page", "ComparePage"),
    "smears": ("clinoscope.ui.pages.smears", "SmearsPage"),
    "smear": ("clinoscope.ui.smear.page", "SmearPage"),
    "models": ("clinoscope.ui.pages.models", "ModelsPage"),
    "settings": ("clinoscope.ui.pages.settings", "SettingsPage"),
    "users": ("clinoscope.ui.pages.users", "UsersPage"),
    "audit": ("clinoscope.ui.pages.audit", "AuditPage"),
}
"""Every place and the class of its page, imported when it is first gone to."""


class Shell(QObject):
    """One per window.

    ``vault`` and ``user`` are None until someone logs in. The pages lie in ``stage``, a part of the window.
    ``changed(kind)`` follows every write to the vault (``patients``, ``exams``, ``smears``, ``pictures``, ``labs``,
    ``consents``, ``users``, ``settings``), on the window's thread.
    """

    changed = Signal(str)
    went = Signal(str, dict)
    said = Signal(str)
    warned = Signal(str, str)
    unwarned = Signal(str)
    context_changed = Signal(object)
    access_changed = Signal()
    """The user may do more or less than before."""
    opened = Signal()
    locked = Signal()
    closed = Signal()
    """The vault is about to be closed: the last moment to save."""
    left = Signal()
    """Nobody is logged in any more."""
    _written = Signal(object)

    def __init__(self, preferences: PreferencesFile) -> None:
        super().__init__()
        self.preferences = preferences
        self.stage: QWidget | None = None
        self.vault: Vault | None = None
        self.patient: Patient | None = None
        self.place = ""
        self.what: dict[str, object] = {}
        self._roles: frozenset[Role] = frozenset()
        self._written.connect(self._announce)

    @property
    def user(self) -> User | None:
        """Who is logged in."""
        return self.vault.user if self.vault is not None else None

    @property
    def open_vault(self) -> Vault:
        """The vault, for pages: they exist only while it is open."""
        assert self.vault is not None
        return self.vault

    def may(self, act: Act, mode: str | None = None) -> bool:
        """Whether the user may do ``act``, to hide or explain what may not be done. Cheap: asks no disk."""
        from clinoscope.workflow import permissions

        if self.vault is None:
            return False
        if permissions.allowed(self._roles, act, mode):
            return True
        return permissions.emergency_left(self.vault) > 0 and permissions.in_emergency(act)

    def why_not(self, act: Act) -> str:
        """Who may do ``act`` instead, in one sentence."""
        from clinoscope.workflow import permissions

        return permissions.refusal(self._roles, act)

    @property
    def home(self) -> str:
        """The first place that the user may go to."""
        return "today" if self.may(Act.PATIENT_READ) else "settings"

    def go(self, place: str, **what: object) -> None:
        """Bring up a place: ``today``, ``people``, ``patient`` (``patient_id``), ``exam`` (``patient_id``
        and ``mode`` or None, or ``exam``), ``compare`` (``exams``, two of one patient), ``smears``, ``smear``
        (``patient_id`` or ``exam``), ``models``, ``settings``. Raises KeyError for another. An exam that is a smear is
        opened on the bench, whoever asks for it."""
        if place not in PLACES:
            raise KeyError(place)
        if place == "exam" and getattr(what.get("exam"), "smear", None) is not None:
            place = "smear"
        if place in NEEDS and not self.may(NEEDS[place]):
            self.warn(self.why_not(NEEDS[place]))
            return
        self.place, self.what = place, what
        self.went.emit(place, what)

    def say(self, text: str) -> None:
        """A quiet word at the bottom of the window, gone after a moment."""
        self.said.emit(text)

    def warn(self, text: str, level: str = "warning") -> None:
        """A sentence across the top until it is put away; ``level`` is ``warning`` or ``danger``."""
        self.warned.emit(text, level)

    def unwarn(self, text: str) -> None:
        """Put that sentence away if it still stands across the top: what it told of is over."""
        self.unwarned.emit(text)

    def set_context(self, patient: Patient | None) -> None:
        """Who the work is about: shown in the context bar on every page until set to None."""
        self.patient = patient
        self.context_changed.emit(patient)

    def enter_vault(self, vault: Vault) -> None:
        """Someone logged in."""
        self.vault = vault
        self._roles = vault.roles
        vault.listen(self._written.emit)  # called on the thread that wrote
        self.preferences.change(user=vault.user.name, vault=str(vault.folder))
        self.opened.emit()

    def lock(self) -> None:
        """Back to the login; everything stays as it is behind it."""
        if self.vault is not None:
            self.locked.emit()

    def close_vault(self) -> None:
        """Log out: the vault is closed and its key forgotten."""
        if self.vault is None:
            return
        self.closed.emit()
        self.set_context(None)
        vault, self.vault = self.vault, None
        vault.close()
        self.left.emit()

    @Slot(object)
    def _announce(self, topics: Iterable[str]) -> None:
        """On the window's thread, whichever thread wrote."""
        if "users" in topics and self.vault is not None:
            self._roles = self.vault.roles
            self.access_changed.emit()
        for topic in sorted(topics):
            self.changed.emit(str(topic))
