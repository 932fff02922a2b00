from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from clinoscope.domain.record import Patient
from clinoscope.ui.shell import Shell
from clinoscope.ui.thumbs import SIZE, Thumbs, small


@pytest.mark.parametrize("shape", [(90, 120), (1080, 1920), (3000, 4000), (4000, 300), (5, 5)])
def test_small_fills_the_size_in_the_same_shape(shape: tuple[int, int]) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[: shape[0] // 2] = (200, 30, 40)
    image = small(pixels)
    assert image.width() >= SIZE.width()
    assert image.height() >= SIZE.height()
    assert image.width() / image.height() == pytest.approx(shape[1] / shape[0], rel=0.06)
    if min(shape) > 5:
        assert image.pixelColor(image.width() // 2, image.height() // 4).getRgb()[:3] == (200, 30, 40)


def test_a_picture_is_made_small_once(shell: Shell, ada: Patient, add_exam: Any, at_once: None) -> None:
    exam, got, keeper = add_exam(ada.id, 1, None), [], QObject()
    thumbs = Thumbs(keeper)
    thumbs.want(shell.open_vault, exam, got.append)
    thumbs.want(shell.open_vault, exam, got.append)
    assert len(got) == 2
    assert isinstance(got[0], QImage)
    assert got[0] is got[1]


def test_a_picture_that_is_gone_stays_grey(shell: Shell, ada: Patient, add_exam: Any, at_once: None) -> None:
    exam, got, keeper = add_exam(ada.id, 1, None), [], QObject()
    missing = replace(exam, picture=replace(exam.picture, sha256="f" * 64))
    Thumbs(keeper).want(shell.open_vault, missing, got.append)
    Thumbs(keeper).want(shell.open_vault, replace(exam, picture=None), got.append)
    assert got == []
