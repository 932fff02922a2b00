import subprocess
import sys

import numpy as np
import pytest

from clinoscope import inference, modes
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED
from clinoscope.domain.region import Box, Region

WHOLE = Region(Box(0, 0, 320, 240), "whole")
BLANK = np.full((240, 320, 3), 230, np.uint8)


def test_a_counting_task_counts():
    assert inference.read(modes.task("neutrophil/cells"), BLANK, WHOLE, phantom=True).answer == COUNTED
    assert inference.read(modes.task("neutrophil/cells"), BLANK, WHOLE).answer == CANNOT_JUDGE


def test_a_classifying_task_gives_probabilities():
    reading = inference.read(modes.task("skin/lesion-photo"), BLANK, WHOLE)
    assert len(reading.probabilities) == len(modes.task("skin/lesion-photo").labels)


@pytest.mark.parametrize("task", ["anemia/lip", "anemia/conjunctiva"])
def test_a_measuring_task_gives_no_probability(task):
    reading = inference.read(modes.task(task), BLANK, WHOLE)
    assert (reading.task, reading.answer) == (task, CANNOT_JUDGE)
    assert not reading.probabilities


@pytest.mark.parametrize("module", ["clinoscope.inference", "clinoscope.inference.packages"])
def test_the_way_to_the_window_stays_free_of_heavy_libraries(module):
    code = f"import {module}, sys; print([n for n in ('cv2', 'ai_edge_litert', 'tensorflow') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
