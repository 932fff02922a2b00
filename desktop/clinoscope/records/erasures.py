"""``vault.erasures``: erasing a patient of an open vault, finishing it after a kill, doing it again after a restore."""

from contextlib import suppress
from pathlib import Path

import msgspec

from clinoscope.domain.erasure import Erasure, Extent, Reason
from clinoscope.domain.errors import VaultError
from clinoscope.records import erased_list, erasure
from clinoscope.records.custody import Custody
from clinoscope.records.keys import Opened
from clinoscope.records.pictures import Pictures
from clinoscope.records.signing import sealing
from clinoscope.records.store import Store

_KEY = "SELECT value FROM settings WHERE key = 'erasure/key'"


class Erasures:
    """Every call raises VaultError when the disk fails or the vault is closed."""

    def __init__(self, folder: Path, store: Store, pictures: Pictures, custody: Custody) -> None:
        self._folder, self._store, self._pictures, self._custody = folder, store, pictures, custody

    def extent(self, patient_id: str) -> Extent:
        """What erasing that patient would take. Raises VaultError for an unknown one."""
        with self._store.reading() as db:
            return erasure.extent(db, patient_id)

    def all(self) -> tuple[Erasure, ...]:
        """What stands where patients were, the first one first."""
        with self._store.reading() as db:
            return erasure.all_of(db)

    def erase(self, patient_id: str, reason: Reason, password: str, backups: Path | None = None) -> Erasure:
        """Erase a patient for good as the vault's user, whose password is asked for again; what stands in its place.

        ``backups`` is a folder of backups to note it beside, where it can be reached. The rows go in one transaction,
        then the rest: where that fails the returned one is not ``finished``, and the next opening goes on with it.
        Raises WrongPassword, VaultError; then nothing has changed.
        """
        self._erase(patient_id, reason, self._custody.unlock(password))
        with suppress(VaultError):  # tried again at every opening; ``verify`` says so until then
            self._settle_files()
        if backups is not None and backups.is_dir():
            with suppress(VaultError):  # a stick that is full: the next backup to it notes the erasure
                self.note_beside(backups)
        return next(one for one in self.all() if one.patient_id == patient_id)

    def note_beside(self, backups: Path) -> None:
        """Have every erasure in the list that lies with the backups of a folder."""
        notes = erased_list.read(self._folder / erased_list.FILE)
        if notes:
            erased_list.add(erased_list.beside(backups, self._custody.file.vault), notes)

    def settle(self, opened: Opened) -> None:
        """At the opening: erase again whom a restored backup brought back, and finish what a kill cut short.

        Files that cannot be removed now stay to be removed. Raises VaultError when somebody cannot be erased again:
        nobody is let in to them.
        """
        notes = erased_list.read(self._folder / erased_list.FILE)
        for note in notes:
            with self._store.reading() as db:
                back = erasure.is_back(db, self._key(), note)
            if back:
                self._erase(note.patient, Reason.REQUEST, opened, again=True)
        with suppress(VaultError):
            self._settle_files()

    def _settle_files(self) -> None:
        """Finish every erasure, and have all of them in the list of the vault's folder."""
        known = self.all()
        if known:
            with self._store.reading() as db:
                notes = erasure.noted(db, self._key())
            erased_list.add(self._folder / erased_list.FILE, notes)
        for one in known:
            if not one.finished:
                erasure.finish(self._store, self._pictures, one)

    def _erase(self, patient_id: str, reason: Reason, opened: Opened, *, again: bool = False) -> None:
        with self._store.reading() as db:
            made = erasure.erase(db, patient_id, reason, self._store.user, sealing(opened), again=again)
        self._store.run(made)

    def _key(self) -> str:
        return str(msgspec.json.decode(self._store.rows(_KEY)[0]["value"]))
