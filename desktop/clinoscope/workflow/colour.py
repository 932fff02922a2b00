"""The colour of the light: from the printed card in a picture, or from the profile of the device that took it.

Without either nothing is assumed: a face is not grey.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from clinoscope.domain.access import Act
from clinoscope.domain.colour_card import METHOD
from clinoscope.domain.correction import Correction, Profile, Reference
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.task import Task
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.regions.colour_card import SeenCard

_PROFILES = "colour.profiles"
_DAYS = "colour.profile_days"
DAYS = 90
"""A profile older than this is said to be old, until a clinic chooses another number; 0 for never."""
PROFILE_METHOD = "device profile 1"

DISAGREES = 0.08
"""By how much red or blue over green of a card in the picture and of the device's profile may differ: four times what
a card is off in 95 % of pictures (docs/capture-colour.md)."""

FIELD, CARD = "field", "card"
"""What a profile can be made from."""


@dataclass(frozen=True)
class Light:
    """What is known of the light of a picture. ``remark`` is a sentence for whoever took it, "" when all is well."""

    correction: Correction | None = None
    remark: str = ""


def of_picture(task: Task, picture: Picture, vault: Vault | None = None) -> Light:
    """The correction of a picture: by the card in it, else by the profile of its device, else none.

    The card is looked for where the task's file says so; profiles are those of ``vault``.
    """
    card = _card(picture.pixels) if task.colour_card else None
    profile = profile_of(vault, picture.device) if vault is not None else None
    if card is not None and not card.problem:
        return Light(_by_card(card), _disagreement(card, profile))
    if card is not None:
        return Light(None, f"{card.problem} The colours are not corrected.")
    if vault is None or profile is None:
        return Light()
    if not _same_shape(profile, picture):
        return Light(None, f"The colour profile of {profile.device} is of another picture format: make it anew.")
    return Light(by_profile(profile), too_old(profile, days(vault)))


def working(picture: Picture, correction: Correction | None) -> Picture:
    """The picture with the pixels of its working copy; the file and its hash are those of the original."""
    if correction is None:
        return picture
    from clinoscope.regions import light

    return replace(picture, pixels=light.corrected(picture.pixels, correction))


def measured_against_paper(correction: Correction | None) -> bool:
    """Whether the brightness of the working copy, too, is that of the paper, and not only its colour."""
    return correction is not None and correction.reference is Reference.CARD


# --- profiles of devices ---


def profiles(vault: Vault) -> tuple[Profile, ...]:
    """Every profile of this vault, by the name of its device."""
    kept = vault.settings.get(_PROFILES, {})
    return tuple(msgspec.convert(kept[name], Profile, strict=False) for name in sorted(kept))


def profile_of(vault: Vault, device: str) -> Profile | None:
    """The profile of a device; None without one, and for a picture of no known device."""
    return next((profile for profile in profiles(vault) if profile.device == device), None) if device else None


def make_profile(picture: Picture, made_from: str, now: datetime | None = None) -> Profile:
    """The profile that a picture of the card (``CARD``) or of an empty field (``FIELD``) gives its device.

    Raises PictureError with what to change.
    """
    from clinoscope.regions import flat_field, light

    if not picture.device:
        raise PictureError("This picture does not say which camera took it: take it with the camera itself.")
    made_at = now or datetime.now(UTC)
    shape = round(picture.width / picture.height, 3)
    if made_from == FIELD:
        field = flat_field.read(picture.pixels)
        if field.problem:
            raise PictureError(field.problem)
        return Profile(
            device=picture.device,
            made_from=FIELD,
            made_at=made_at,
            shape=shape,
            gains=field.gains,
            score=field.score,
            flat=field.flat,
        )
    card = _card(picture.pixels)
    if card is None:
        raise PictureError("No colour card was found: hold it flat, facing the camera, all four corners in sight.")
    if card.problem:
        raise PictureError(card.problem)
    red, green, blue = (round(gain, 5) for gain in light.balanced(card.gains))
    return Profile(
        device=picture.device,
        made_from=CARD,
        made_at=made_at,
        shape=shape,
        gains=(red, green, blue),
        score=card.score,
    )


def keep_profile(vault: Vault, profile: Profile) -> None:
    """Keep a profile, in place of the one its device had. Raises VaultError."""
    require(vault, Act.EXAM_TAKE)
    kept = dict(vault.settings.get(_PROFILES, {}))
    kept[profile.device] = msgspec.to_builtins(profile)
    vault.settings.set(_PROFILES, kept)


def remove_profile(vault: Vault, device: str) -> None:
    """Pictures of that device are corrected no more; exams that were keep what was done. Raises VaultError."""
    require(vault, Act.EXAM_TAKE)
    kept = dict(vault.settings.get(_PROFILES, {}))
    if kept.pop(device, None) is not None:
        vault.settings.set(_PROFILES, kept)


def days(vault: Vault) -> int:
    """After how many days a profile is old; 0 for never."""
    return int(vault.settings.get(_DAYS, DAYS))


def set_days(vault: Vault, count: int) -> None:
    """Choose that number."""
    require(vault, Act.EXAM_TAKE)
    vault.settings.set(_DAYS, count)


def too_old(profile: Profile, limit: int, now: datetime | None = None) -> str:
    """A sentence when a profile is older than ``limit`` days; "" when it is not, or for a limit of 0."""
    age = ((now or datetime.now(UTC)) - profile.made_at).days
    if not limit or age <= limit:
        return ""
    return f"The colour profile of {profile.device} is {age} days old: make it anew under today's light."


# --- the card to print ---


def card_pdf(paper: str = "A4") -> bytes:
    """The page of cards to print, as PDF. Raises ValueError for a paper that is not one of ``PAPERS``."""
    from clinoscope.reports import card_sheet

    return card_sheet.card_pdf(card_sheet.Paper(paper))


PAPERS = ("A4", "Letter")


def _card(pixels: Pixels) -> SeenCard | None:
    from clinoscope.regions import colour_card

    return colour_card.find(pixels)


def _by_card(card: SeenCard) -> Correction:
    return Correction(reference=Reference.CARD, gains=card.gains, score=card.score, method=METHOD, corners=card.corners)


def by_profile(profile: Profile) -> Correction:
    """What a profile does to every picture of its device."""
    return Correction(
        reference=Reference.PROFILE,
        gains=profile.gains,
        score=profile.score,
        method=PROFILE_METHOD,
        profile=profile.device,
        made_at=profile.made_at,
        flat=profile.flat,
    )


def _same_shape(profile: Profile, picture: Picture) -> bool:
    """Evenness belongs to a place in the picture: another format shows another part of the field."""
    return not profile.flat or abs(picture.width / picture.height / profile.shape - 1) < 0.02


def _disagreement(card: SeenCard, profile: Profile | None) -> str:
    if profile is None:
        return ""
    red, green, blue = (mine / its for mine, its in zip(card.gains, profile.gains, strict=True))
    if max(abs(red / green - 1), abs(blue / green - 1)) <= DISAGREES:
        return ""
    return (
        f"The card shows other colours than the colour profile of {profile.device}: the card was used. "
        "If the light or the camera has changed for good, make the profile anew."
    )
