"""Small values that belong to the vault, encrypted with the rest."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.records.operations import Operation, Topic
from clinoscope.records.store import Store


class Settings:
    """``vault.settings``: JSON values by key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str, default: Any = None) -> Any:
        """The value last set, or ``default``."""
        rows = self._store.rows("SELECT value FROM settings WHERE key = ?", [key])
        return msgspec.json.decode(rows[0]["value"]) if rows else default

    def set(self, key: str, value: Any, told: Mapping[str, Any] | None = None) -> None:
        """Store a value of JSON's types. The audit chain notes the key, and of the value what ``told`` says."""
        text = msgspec.json.encode(value).decode()
        rows = self._store.rows("SELECT value FROM settings WHERE key = ?", [key])
        if not rows or rows[0]["value"] != text:
            self._store.run(_set(key, text, told or {}))


def _set(key: str, text: str, told: Mapping[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        db.table("settings").upsert({"key": key, "value": text}, pk="key")

    return Operation("setting.set", frozenset({Topic.SETTINGS}), apply, key, told)
