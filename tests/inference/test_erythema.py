import numpy as np
import pytest

from clinoscope.domain.reading import MEASURED, Measure, ModelRef, Reading
from clinoscope.inference import erythema

MODEL = ModelRef("drawn", "1.0.0", "0" * 64)
OTHER = ModelRef("drawn", "2.0.0", "1" * 64)


def reading(value, uncertainty=3.0, model=MODEL, name="index"):
    measures = (Measure("something else", 1.0, 1.0), Measure(name, value, uncertainty))
    return Reading(task="anemia/lip", answer=MEASURED, model=model, measures=measures)


def test_ten_times_more_red_than_green_is_a_hundred():
    light = np.array([[0.5, 0.05, 0.1], [0.2, 0.2, 0.9]], np.float32)
    assert erythema.index(light) == pytest.approx([100, 0], abs=1e-4)


def test_patches_are_means_of_what_lies_in_the_mask():
    light = np.zeros((60, 60, 3), np.float32)
    light[:, :30] = 0.5
    light[:, 30:] = 0.1
    mask = np.zeros((60, 60), bool)
    mask[:, :32] = True
    found = erythema.patches(light, mask)
    assert found.shape == (50, 3)
    assert found == pytest.approx(0.5)


def test_a_mask_too_small_for_patches_gives_its_pixels():
    mask = np.zeros((60, 60), bool)
    mask[10:14, 10:14] = True
    assert erythema.patches(np.full((60, 60, 3), 0.3, np.float32), mask).shape == (16, 3)


def test_the_change_is_against_the_mean_of_the_same_measure_by_the_same_package():
    now, limits = Measure("index", 50.0, 3.0), {"day_to_day": 4.0}
    earlier = [reading(40), reading(44), reading(90, model=OTHER), reading(90, name="another")]
    (found,) = erythema.change(now, earlier, MODEL, limits)
    assert (found.name, found.value) == (erythema.CHANGE, 8.0)
    assert found.uncertainty == pytest.approx(np.sqrt(9 + 18 / 4 + 16 * 1.5))
    assert erythema.change(now, earlier[2:], MODEL, limits) == ()
