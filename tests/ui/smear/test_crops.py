from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from clinoscope.domain.errors import VaultError
from clinoscope.ui.smear.crops import BATCH, Crops, scaled


def test_a_picture_is_cut_square_around_its_middle(app: object, jpeg: bytes) -> None:
    image = scaled(jpeg, 20)
    assert (image.width(), image.height()) == (20, 20)
    assert image.pixelColor(10, 10).red() > 150
    assert scaled(b"no picture", 20).isNull()


@pytest.mark.usefixtures("at_once")
def test_what_is_wanted_comes_in_batches_and_only_once(app: object, jpeg: bytes) -> None:
    asked: list[list[int]] = []

    def fetch(numbers: list[int]) -> dict[int, bytes]:
        asked.append(numbers)
        return {number: jpeg for number in numbers if number != 3}

    crops = Crops(fetch)
    crops.want(range(1, BATCH + 11), 32)
    assert [len(batch) for batch in asked] == [BATCH, 10]
    assert isinstance(crops.image(1), QImage)
    assert crops.image(3) is None
    crops.want(range(1, BATCH + 11), 32)
    assert len(asked) == 2, "what is here, and what cannot be had, is not asked for again"
    crops.want([1], 64)
    assert asked[-1] == [1], "another size is another picture"


@pytest.mark.usefixtures("at_once")
def test_a_vault_that_fails_leaves_the_tiles_grey(app: object) -> None:
    def fetch(_numbers: list[int]) -> dict[int, bytes]:
        raise VaultError("The disk is gone.")

    crops = Crops(fetch)
    crops.want([1, 2], 32)
    assert crops.image(1) is None


def test_pictures_of_the_smear_before_are_never_shown(
    app: object, jpeg: bytes, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    gate, begun = threading.Event(), threading.Event()

    def slow(numbers: list[int]) -> dict[int, bytes]:
        begun.set()
        gate.wait(5)
        return dict.fromkeys(numbers, jpeg)

    crops = Crops(slow)
    crops.want([1], 32)
    assert wait_for(begun.is_set)
    crops.forget()
    crops.want([2], 32)
    gate.set()
    assert wait_for(lambda: crops.image(2) is not None)
    assert crops.image(1) is None
