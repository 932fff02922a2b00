"""What is said of a source while there is something to wait for or to do."""

from __future__ import annotations

from clinoscope.workflow.capture import SourceState

FOLDER = "folder:"


def of_state(state: SourceState, reason: str, address: str) -> str:
    """One sentence, "" while all is well; ``reason`` is the source's own when it is lost."""
    folder = address.startswith(FOLDER)
    match state:
        case SourceState.OPENING if folder:
            return "Waiting for the next picture that is saved into the folder. One that is there already: Open file…"
        case SourceState.STALLED if folder:
            return "The folder does not answer. Check its network drive; it goes on by itself."
        case SourceState.OPENING:
            return "Waiting for the camera…"
        case SourceState.STALLED:
            return "The picture has stopped. Check the camera's cable; it goes on by itself."
        case SourceState.LOST:
            return reason
        case _:
            return ""
