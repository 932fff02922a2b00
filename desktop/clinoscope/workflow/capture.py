"""What the window needs to take a picture, from the rooms that do it."""

from clinoscope.capture.cameras import CameraInfo, list_cameras
from clinoscope.capture.files import from_frame, open_picture
from clinoscope.capture.sources import Frame, Source, SourceState, open_source
from clinoscope.quality import foreign
from clinoscope.quality.live import LiveCheck

__all__ = [
    "CameraInfo",
    "Frame",
    "LiveCheck",
    "Source",
    "SourceState",
    "foreign",
    "from_frame",
    "list_cameras",
    "open_picture",
    "open_source",
]
