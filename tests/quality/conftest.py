"""A drawn view with edges and colours of skin, and what can go wrong with it."""

import cv2
import numpy as np
import pytest


def draw(side: int = 400, seed: int = 5) -> np.ndarray:
    """Skin with a brown spot, freckles and a grey card, side x side, RGB."""
    rng = np.random.default_rng(seed)
    shade = np.linspace(0.92, 1.05, side)[None, :, None]
    view = np.full((side, side, 3), (205, 160, 135), np.float32) * shade
    for _ in range(120):
        place = tuple(int(v) for v in rng.integers(0, side, 2))
        cv2.circle(view, place, int(rng.integers(2, side // 40 + 3)), (165, 112, 90), -1, cv2.LINE_AA)
    cv2.circle(view, (side // 2, side // 2), side // 6, (110, 70, 55), -1, cv2.LINE_AA)
    cv2.rectangle(view, (0, 0), (side // 5, side // 5), (228, 225, 222), -1)
    return np.clip(view + rng.normal(0, 1.5, view.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def view() -> np.ndarray:
    pixels = draw()
    pixels.flags.writeable = False
    return pixels


@pytest.fixture(scope="session")
def lit():
    """Light times a gain, or one per channel, in linear sRGB."""

    def change(pixels: np.ndarray, gain: float | tuple[float, float, float]) -> np.ndarray:
        linear = (pixels / 255.0) ** 2.2 * np.array(gain)
        return np.rint(255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.uint8)

    return change


@pytest.fixture(scope="session")
def larger():
    def draw_at(side: int) -> np.ndarray:
        return draw(side)

    return draw_at
