"""What this PC remembers between two starts: looks and places, never patients, never passwords."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

FILE = "window.json"


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """``vault`` is the folder to open, ``user`` the name last logged in with.

    ``ghost`` shows a patient's earlier picture over the live one, ``ghost_strength`` per cent strong.
    ``hide_from_capture`` keeps the windows out of screenshots where the system can.
    """

    appearance: str = "system"
    less_motion: bool = False
    vault: str = ""
    user: str = ""
    auto_lock_minutes: int = 10
    hide_from_capture: bool = True
    ghost: bool = True
    ghost_strength: int = 40
    ghost_edges: bool = False


class PreferencesFile:
    """Keeps :class:`Preferences` in a small JSON file; a broken file counts as none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.value = _read(folder / FILE)

    def change(self, **changes: object) -> Preferences:
        """Set some fields and write the file. A disk that cannot be written costs only the memory of it."""
        self.value = replace(self.value, **changes)  # type: ignore[arg-type]  # the dataclass checks the names
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / (FILE + ".new")
            draft.write_text(json.dumps(asdict(self.value), indent=1), encoding="utf-8")
            draft.replace(self.folder / FILE)
        except OSError:
            return self.value
        return self.value


def _read(path: Path) -> Preferences:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(found, dict):
        return Preferences()
    kinds = {field.name: type(field.default) for field in fields(Preferences)}
    kept = {name: found[name] for name, kind in kinds.items() if type(found.get(name)) is kind}
    if kept.get("appearance") not in ("system", "light", "dark"):
        kept.pop("appearance", None)
    return Preferences(**kept)
