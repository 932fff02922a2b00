"""The places of the rail, one module each; the exam page has a room of its own in ``ui.exam``."""
