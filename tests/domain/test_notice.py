from pathlib import Path

import clinoscope
from clinoscope.domain import notice
from clinoscope.domain.notice import RESEARCH_ONLY


def test_the_sentence_is_written_once() -> None:
    rooms = Path(clinoscope.__file__).parent
    written = [path for path in rooms.rglob("*.py") if RESEARCH_ONLY.removesuffix(".") in path.read_text("utf-8")]
    assert written == [Path(notice.__file__)]
