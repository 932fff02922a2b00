"""May this user do that? Every use case asks here first; the window asks, too, to hide or explain what is not allowed.

It keeps people from what is not their work, and makes it visible who tried. It does not hold against somebody with
tools of their own: whoever can open the vault has its key (docs/records.md).
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act, Role
from clinoscope.domain.counts import listed
from clinoscope.domain.errors import NotAllowed

if TYPE_CHECKING:
    from clinoscope.records import Vault

NO_REASON = "Emergency access needs a reason: say in a few words why, without the patient's name."
EMERGENCY = "access.emergency"
REFUSED = "access.refused"


@dataclass(frozen=True)
class RoleWords:
    """A role as the window shows it."""

    role: Role
    name: str
    about: str


def require(vault: Vault, act: Act, mode: str | None = None) -> None:
    """Raises NotAllowed unless the vault's user may do ``act`` (in that mode); the try is noted in the audit chain."""
    if may(vault, act, mode):
        return
    from clinoscope.records.operations import note

    vault.run(note(REFUSED, "", {"act": act.value} | ({"mode": mode} if mode else {})))
    raise NotAllowed(refusal(vault.roles, act))


def may(vault: Vault, act: Act, mode: str | None = None) -> bool:
    """Whether the vault's user may do ``act`` now, in an emergency among others."""
    if allowed(vault.roles, act, mode):
        return True
    return emergency_left(vault) > 0 and in_emergency(act)


def allowed(roles: Iterable[Role], act: Act, mode: str | None = None) -> bool:
    """Whether somebody with these roles may do ``act``; without a mode, whether in any mode."""
    entries = (_table()[role.value] for role in roles)
    return any(act.value in entry["may"] and (mode is None or mode in entry.get("modes", (mode,))) for entry in entries)


def refusal(roles: Iterable[Role], act: Act) -> str:
    """Why not, and who may: one sentence."""
    names = " and ".join(sorted(_table()[role.value]["name"].lower() for role in roles))
    others = [words.name.lower() for words in role_words() if allowed([words.role], act)]
    who = listed(others, "or")
    article = "an" if who[0] in "aeiou" else "a"
    return f"As {names} you may not {_table()['acts'][act.value]}: ask {article} {who}."


def role_words() -> tuple[RoleWords, ...]:
    """Every role in the order in which it is offered."""
    return tuple(RoleWords(role, _table()[role.value]["name"], _table()[role.value]["about"]) for role in Role)


def role_name(role: str) -> str:
    """The name of a role as the window shows it."""
    return str(_table()[role]["name"])


def act_words(act: str) -> str:
    """What an act is, as in *you may not …*."""
    return str(_table()["acts"].get(act, act))


def emergency(vault: Vault, reason: str) -> int:
    """Let the user read every record for a while; the minutes. Noted with the reason. Raises NotAllowed without one."""
    from clinoscope.records.operations import note

    reason = " ".join(reason.split())
    if len(reason) < 5:
        raise NotAllowed(NO_REASON)
    minutes = emergency_minutes()
    vault.run(note(EMERGENCY, "", {"reason": reason[:300], "minutes": minutes}))
    vault.emergency_until = time.monotonic() + minutes * 60
    return minutes


def emergency_minutes() -> int:
    """How long emergency access lasts."""
    return int(_table()["emergency"]["minutes"])


def in_emergency(act: Act) -> bool:
    """Whether emergency access is for ``act``."""
    return act.value in _table()["emergency"]["may"]


def emergency_left(vault: Vault) -> float:
    """Seconds of emergency access that are left; 0 when there is none."""
    return max(0.0, vault.emergency_until - time.monotonic())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("permissions.toml").read_text(encoding="utf-8"))
