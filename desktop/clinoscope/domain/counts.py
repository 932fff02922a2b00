"""Counts in words: one is said as one."""


def many(count: int, one: str, more: str) -> str:
    """A count before what it counts: ``many(1, "group", "groups")`` is "1 group"."""
    return f"{count} {one if count == 1 else more}"
