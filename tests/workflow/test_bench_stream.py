import time

import numpy as np

from clinoscope.capture.decode import decode_frame
from clinoscope.capture.sources import open_source
from clinoscope.workflow.bench_stream import COUNT, number_of, serving


def test_each_frame_tells_its_number_and_when_it_was_sent() -> None:
    numbers: list[int] = []
    with serving(np.full((240, 320, 3), 120, np.uint8), 100) as stream:
        assert [number_of(decode_frame(jpeg)) for jpeg in stream.jpegs] == list(range(COUNT))
        source = open_source(stream.url, lambda frame: numbers.append(number_of(frame.pixels)))
        source.start()
        until = time.monotonic() + 10
        while len(numbers) < 10 and time.monotonic() < until:
            time.sleep(0.01)
        source.stop()
        assert all(0 < time.monotonic() - stream.sent[number] < 10 for number in numbers)
    assert len(set(numbers)) > 5
