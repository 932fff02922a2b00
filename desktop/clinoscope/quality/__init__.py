"""Is this picture good enough to be read? ``check`` for a still, ``live.LiveCheck`` for frames."""

from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.domain.region import Region

_UNCLEAR = frozenset({Check.BLANK, Check.GREY, Check.DARK, Check.BRIGHT, Check.FOCUS, Check.MOTION, Check.HAZE})
"""What keeps a picture from being seen for what it is."""


def check(pixels: Pixels, region: Region | None, limits: QualityLimits, kind: str = "") -> Quality:
    """All checks of a still that ``limits`` switches on; motion needs two frames and is left out. Of a picture that
    shows nothing that alone is told.

    ``pixels`` are RGB (height, width, 3); ``kind`` is the task's kind of region (``lips``, ``field`` …) and only
    chooses the words of the advice. Without a region the whole picture is looked at, and the subject check fails.
    """
    # Here and not above: OpenCV takes 0.1 s to load, and whoever imports this may only be on the way to a window.
    from clinoscope.quality.checks import check_still

    return check_still(pixels, region, limits, kind)


def foreign(quality: Quality, kind: str = "") -> Quality:
    """The same checks with a subject that fails, because what was found is plainly something else.

    They stay as they are where the picture is too dark, too bright, blurred, without colour or empty: the rules that
    tell kinds apart learned from clear pictures and refuse others, whatever they show. Light or a steady hand is what
    helps then, not another task; whether it is of another kind is asked again of the next picture, and before any
    reading.
    """
    from clinoscope.quality.advice import advice

    if any(finding.check in _UNCLEAR for finding in quality.problems):
        return quality
    told = Finding(Check.SUBJECT, False, 0.0, 0.0, advice(Check.SUBJECT, kind, "foreign"))
    return Quality((told, *(finding for finding in quality.findings if finding.check is not Check.SUBJECT)))
