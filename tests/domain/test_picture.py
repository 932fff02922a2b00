from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from clinoscope.domain.picture import Origin, Picture, Pixels


def of(pixels: Pixels, data: bytes = b"") -> Picture:
    return Picture(pixels, data, "0" * 64, "image/png", Origin.FILE, datetime(2026, 5, 1, tzinfo=UTC))


def test_the_digest_is_of_what_is_shown_and_not_of_its_file() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    digest = of(pixels, b"one file").digest_of_pixels()
    assert digest == of(pixels.copy(), b"another file").digest_of_pixels()
    assert digest != of(pixels.reshape(4, 2, 3)).digest_of_pixels(), "of another shape"
    other = pixels.copy()
    other[1, 2, 0] += 1
    assert digest != of(other).digest_of_pixels()
    wide = np.repeat(pixels, 2, axis=1)
    assert digest == of(wide[:, ::2]).digest_of_pixels(), "however it lies in memory"
