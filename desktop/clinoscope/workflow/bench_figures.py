"""A figure of ``clinoscope bench`` as it is printed: its value, and where it has a limit whether it kept it."""

from __future__ import annotations

from typing import Any

Figure = dict[str, Any]


def value(measured: float, digits: int = 2) -> Figure:
    """A figure without a limit."""
    return {"value": round(measured, digits)}


def at_most(measured: float, limit: float) -> Figure:
    """A figure that must not exceed its limit."""
    return {"value": round(measured, 3), "limit": limit, "ok": measured <= limit}


def at_least(measured: float, limit: float) -> Figure:
    """A figure that must reach its limit."""
    return {"value": round(measured, 3), "limit": limit, "ok": measured >= limit}
