"""Who works with the program."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class User:
    """Someone who can open the vault."""

    id: str
    name: str
