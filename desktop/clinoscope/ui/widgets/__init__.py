"""The parts every page is made of. None of them imports QtAwesome until it shows an icon."""

from clinoscope.ui.widgets.bars import BarRow
from clinoscope.ui.widgets.buttons import DangerButton, IconButton, LinkButton, PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import Field, SearchField
from clinoscope.ui.widgets.keys import KeyHints, Keys
from clinoscope.ui.widgets.mark import Mark
from clinoscope.ui.widgets.notices import Banner, Chip, EmptyState, Toast
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.prose import Prose
from clinoscope.ui.widgets.stepper import Stepper
from clinoscope.ui.widgets.text import ElidedLabel, hairline, label, set_tone, tell
from clinoscope.ui.widgets.thumbnail import Thumbnail

__all__ = [
    "Banner",
    "BarRow",
    "Chip",
    "Choice",
    "Combo",
    "DangerButton",
    "ElidedLabel",
    "EmptyState",
    "Field",
    "IconButton",
    "KeyHints",
    "Keys",
    "LinkButton",
    "Mark",
    "Panel",
    "PrimaryButton",
    "Prose",
    "QuietButton",
    "SearchField",
    "Stepper",
    "Thumbnail",
    "Toast",
    "hairline",
    "label",
    "set_tone",
    "tell",
]
