"""Is this picture good enough to be read?"""

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What is looked at before a picture is used."""

    BLANK = "blank"
    FOCUS = "focus"
    MOTION = "motion"
    DARK = "dark"
    BRIGHT = "bright"
    GLARE = "glare"
    HAZE = "haze"
    GRAIN = "grain"
    COLOUR = "colour"
    SIZE = "size"
    SUBJECT = "subject"
    GREY = "grey"
    BLOCKS = "blocks"


@dataclass(frozen=True)
class Finding:
    """One check: ``value`` against ``limit``; ``advice`` is what to do when it failed."""

    check: Check
    ok: bool
    value: float
    limit: float
    advice: str = ""


@dataclass(frozen=True)
class Quality:
    """All checks of one picture or frame."""

    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.ok)


@dataclass(frozen=True, kw_only=True)
class QualityLimits:
    """The limits of one task, from its mode file. ``None`` switches a check off.

    What each number means, its unit and where it comes from stands with the function in
    ``quality`` that uses it.
    """

    blank: float | None = None
    focus: float | None = None
    motion: float | None = None
    dark: float | None = None
    bright: float | None = None
    glare: float | None = None
    haze: float | None = None
    grain: float | None = None
    colour: float | None = None
    grey: float | None = None
    blocks: float | None = None
    size: int | None = None
    subject: float | None = None
