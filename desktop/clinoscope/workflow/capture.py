"""What the window needs to take a picture, from the rooms that do it."""

from clinoscope.capture.cameras import CameraInfo, list_cameras
from clinoscope.capture.controls import Abilities, Knob, Range, from_json, to_json
from clinoscope.capture.controls import Settings as CameraSettings
from clinoscope.capture.files import from_frame, open_picture, pages_of, read
from clinoscope.capture.folder import pictures as folder_pictures
from clinoscope.capture.pages import Page
from clinoscope.capture.sources import CameraSource, Frame, Source, SourceState, open_source
from clinoscope.capture.vendors import installed as vendor_installed
from clinoscope.quality import foreign
from clinoscope.quality.live import LiveCheck

__all__ = [
    "Abilities",
    "CameraInfo",
    "CameraSettings",
    "CameraSource",
    "Frame",
    "Knob",
    "LiveCheck",
    "Page",
    "Range",
    "Source",
    "SourceState",
    "folder_pictures",
    "foreign",
    "from_frame",
    "from_json",
    "list_cameras",
    "open_picture",
    "open_source",
    "pages_of",
    "read",
    "to_json",
    "vendor_installed",
]
