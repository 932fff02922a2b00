"""What the window needs to show a report, from the room that makes it."""

from clinoscope.reports.preview import page_count, render

__all__ = ["page_count", "render"]
