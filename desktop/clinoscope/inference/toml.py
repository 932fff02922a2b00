"""Writes the small part of TOML that package files need; reading is the standard library's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def dumps(document: Mapping[str, Any]) -> str:
    """TOML text of nested mappings of strings, numbers, booleans, lists and lists of mappings.

    Values of None are left out: TOML has no such value. Mappings one level inside a list of
    mappings are written inline.
    """
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines = []
    inner: list[str] = []
    for key, value in table.items():
        place = (*path, key)
        if value is None:
            continue
        if isinstance(value, Mapping) and not _flat(value):
            inner += ["", f"[{'.'.join(_key(part) for part in place)}]", *_table(value, place)]
        elif isinstance(value, list | tuple) and value and all(isinstance(entry, Mapping) for entry in value):
            for entry in value:
                inner += ["", f"[[{'.'.join(_key(part) for part in place)}]]", *_table(entry, place)]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines + inner


def _flat(table: Mapping[str, Any]) -> bool:
    """A figure (value, low, high) reads best in one line."""
    return "value" in table and len(table) <= 3


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_value(entry)}" for key, entry in value.items() if entry is not None)
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    raise TypeError(f"TOML cannot hold {type(value).__name__}")


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "x").replace("_", "x").isalnum()
    return key if bare else _text(key)


def _text(text: str) -> str:
    """A JSON string is a TOML basic string, but for the one control sign that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
