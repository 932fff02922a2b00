from __future__ import annotations

import pytest

from clinoscope.ui.exam import source_words
from clinoscope.workflow.capture import SourceState


@pytest.mark.parametrize(
    ("state", "address", "words"),
    [
        (SourceState.OPENING, "camera:HD", "Waiting for the camera…"),
        (SourceState.OPENING, "folder:/a", "Waiting for the next picture"),
        (SourceState.STALLED, "http://a", "The picture has stopped."),
        (SourceState.STALLED, "folder:/a", "The folder does not answer."),
        (SourceState.LOST, "folder:/a", "why"),
        (SourceState.LIVE, "folder:/a", ""),
        (SourceState.STOPPED, "camera:HD", ""),
    ],
)
def test_what_is_said(state: SourceState, address: str, words: str) -> None:
    said = source_words.of_state(state, "why", address)
    assert said.startswith(words)
    assert bool(said) == bool(words)
