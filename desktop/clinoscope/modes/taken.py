"""When a picture was taken, in words. Apart from ``wording``, which the way to the login window goes through: the words
of pictures bring numpy in."""

from clinoscope.domain.picture import Clock, Origin
from clinoscope.domain.record import PictureRef


def taken_words(picture: PictureRef, at: str) -> str:
    """When a picture was taken and who says so. ``at`` is the time it carries, in words."""
    if picture.clock is Clock.COMPUTER:
        return f"Taken {at}, by this computer’s clock"
    if picture.clock is Clock.CAMERA:
        return f"Taken {at}, by the camera’s clock, as the picture file says"
    if picture.clock is Clock.FILE:
        return f"When it was taken is not known; its file is dated {at}"
    if picture.origin is Origin.CLIPBOARD:
        return f"When it was taken is not known; it was pasted {at}"
    return f"Taken {at}; by which clock is not known"
