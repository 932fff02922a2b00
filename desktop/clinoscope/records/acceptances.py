"""A site's own tests of a model package, kept by the package's hash: a new version begins again with none."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.records.operations import Operation, Topic
from clinoscope.records.settings import Settings

ACT = "model.test"
"""The event of a test in the audit chain; its subject is the hash of the package."""


def tests(settings: Settings, model: str) -> tuple[Mapping[str, Any], ...]:
    """The tests of the package with that SHA-256, the oldest first."""
    return tuple(settings.get(_key(model), ()))


def add(model: str, test: Mapping[str, Any], details: Mapping[str, Any]) -> Operation[None]:
    """Keep one more test of a package. ``test`` is of JSON's types, ``details`` what the event says of it.

    Nothing replaces an earlier test: one that failed stays beside a later one that passed.
    """

    def apply(db: Database) -> None:
        rows = list(db.query("SELECT value FROM settings WHERE key = ?", [_key(model)]))
        before = msgspec.json.decode(rows[0]["value"]) if rows else []
        text = msgspec.json.encode([*before, test]).decode()
        db.table("settings").upsert({"key": _key(model), "value": text}, pk="key")

    return Operation(ACT, frozenset({Topic.SETTINGS}), apply, model, details)


def _key(model: str) -> str:
    return f"acceptance/{model}"
