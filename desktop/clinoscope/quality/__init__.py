"""Is this picture good enough to be read? ``check`` for a still, ``live.LiveCheck`` for frames."""

from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.domain.region import Region


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

    They stay as they are where the picture is not ``clear``.
    """
    from clinoscope.quality.advice import advice

    if not clear(quality):
        return quality
    told = Finding(Check.SUBJECT, False, 0.0, 0.0, advice(Check.SUBJECT, kind, "foreign"))
    return Quality((told, *(finding for finding in quality.findings if finding.check is not Check.SUBJECT)))


def compressed(pixels: Pixels, region: Region, limits: QualityLimits, kind: str = "") -> Finding | None:
    """What is wrong where strong compression shows in a region; None where it does not, or ``limits`` do not ask.

    Asked of a picture that the model's rule refuses, as a reason nearer than another kind: the rules learned from
    pictures that were saved well. It is no reason to refuse a picture that they take. ``pixels`` as for ``check``, not
    scaled since they were decoded.
    """
    from clinoscope.quality.checks import of_blocks

    found = of_blocks(pixels, region, limits, kind)
    return None if found is None or found.ok else found


def clear(quality: Quality) -> bool:
    """Whether nothing but the subject is wrong, so that a picture can be asked whether it is of another kind.

    The rules that tell kinds apart learned from clear pictures and refuse dark, grainy or distant ones, whatever they
    show. Light, a steady hand or a step closer is what helps then, not another task; whether it is of another kind is
    asked again of the next picture, and before any reading.
    """
    return all(finding.check is Check.SUBJECT for finding in quality.problems)
