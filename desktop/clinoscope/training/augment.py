"""Training views: the same region as other cameras, stains and hands would have shown it.

Each change is drawn from the recipe's ranges; see ``recipe.Augment``.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.inference import steps
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.training.recipe import Augment

Floats = NDArray[np.float32]

_MARK_BAND = (0.24, 0.76, 0.44, 0.56)
"""Left, right, top, bottom of the atlas watermark as shares of the picture (measured by eye on
40 atlas pictures; the mark is centred, its height varies with the picture's shape)."""

_CLOSE = 0.3
"""How far from the region, at most, a picture that is cut off close around it ends: a share of its longer side."""

_SELDOM = 0.35
"""How often a rim or a coloured fringe is added: most lenses show neither."""


def view(pixels: Pixels, region: Region, box: Box, how: Input, change: Augment, chance: Generator) -> Pixels:
    """One changed square (size, size, 3) of a box, as ``classify.prepare`` gives the unchanged one.

    The package's steps come after the changes, as they come after another lamp and camera in the running program;
    only where the outside is painted black they come before, for they must not see the paint.
    """
    early, late = (how.steps, ()) if how.outline_only else ((), how.steps)
    if change.tight and not how.outline_only and chance.random() < change.tight:
        pixels, region, box = _cut_close(pixels, region, box, chance)
    square = prepare(pixels, region, _moved(box, change, chance), dataclasses.replace(how, steps=early))
    square = _turned(square, change, chance)
    square = _recoloured(square, change, chance)
    square = _through_glass(square, change, chance)
    square = _worsened(square, change, chance)
    square = _marked(square, chance) if change.mark and chance.random() < 0.5 else square
    square = steps.apply(square, late)
    return _grey(square) if change.grey and chance.random() < change.grey else square


def without_mark(pixels: Pixels) -> Pixels:
    """The picture with the band of the atlas watermark blended away from above and below.

    The band is filled by going over from the row above it to the row below it, with the
    roughness of the rows around, so that neither the mark nor a clean bar stays to be learnt.
    """
    height, width = pixels.shape[:2]
    left, right, top, bottom = _MARK_BAND
    x0, x1, y0, y1 = round(left * width), round(right * width), round(top * height), round(bottom * height)
    if y0 < 1 or y1 >= height or y1 - y0 < 2 or x1 - x0 < 2:
        return pixels
    out = pixels.copy()
    tall = y1 - y0
    over = pixels[max(y0 - tall, 0) : y0, x0:x1][::-1].astype(np.float32)
    under = pixels[y1 : y1 + tall, x0:x1][::-1].astype(np.float32)
    over = cv2.resize(over, (x1 - x0, tall))
    under = cv2.resize(under, (x1 - x0, tall))
    weight = np.linspace(0, 1, tall, dtype=np.float32)[:, None, None]
    out[y0:y1, x0:x1] = np.clip(over * (1 - weight) + under * weight, 0, 255).astype(np.uint8)
    return out


def _cut_close(pixels: Pixels, region: Region, box: Box, chance: Generator) -> tuple[Pixels, Region, Box]:
    """The picture cut off near the box, as many collections of single cells are: a mirror image lies around."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = np.rint(chance.uniform(0, _CLOSE, 4) * max(box.w, box.h)).astype(int)
    x, y = max(0, box.x - int(left)), max(0, box.y - int(top))
    near = pixels[y : min(height, box.bottom + int(bottom)), x : min(width, box.right + int(right))]
    moved = Box(box.x - x, box.y - y, box.w, box.h)
    return near, dataclasses.replace(region, box=moved, outlines=(), parts=()), moved


def _moved(box: Box, change: Augment, chance: Generator) -> Box:
    side = max(box.w, box.h)
    grow = float(np.exp(chance.uniform(-change.scale, change.scale)))
    w, h = max(1, round(box.w * grow)), max(1, round(box.h * grow))
    dx, dy = chance.uniform(-change.shift, change.shift, 2) * side
    cx, cy = box.centre
    return Box(round(cx + dx - w / 2), round(cy + dy - h / 2), w, h)


def _turned(square: Pixels, change: Augment, chance: Generator) -> Pixels:
    if change.flip and chance.random() < 0.5:
        square = square[:, ::-1]
    if change.upside_down and chance.random() < 0.5:
        square = square[::-1]
    if change.turn:
        size = square.shape[0]
        turn = cv2.getRotationMatrix2D(((size - 1) / 2, (size - 1) / 2), chance.uniform(-1, 1) * change.turn, 1.0)
        square = np.asarray(
            cv2.warpAffine(np.ascontiguousarray(square), turn, (size, size), borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )
    return np.ascontiguousarray(square)


def _recoloured(square: Pixels, change: Augment, chance: Generator) -> Pixels:
    picture: Floats = square.astype(np.float32) / 255.0
    if change.stain:
        density = -np.log(np.maximum(picture, 1 / 255.0))
        mixing = np.eye(3) * np.exp(chance.normal(0, change.stain, 3)) + chance.normal(0, change.stain / 2, (3, 3))
        picture = np.exp(-np.maximum(density @ mixing.astype(np.float32), 0))
    if change.contrast:
        picture = np.power(np.maximum(picture, 0), float(np.exp(chance.normal(0, change.contrast))))
    if change.colour:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * float(np.exp(chance.normal(0, change.colour)))
    gain = np.exp(chance.normal(0, change.light) + chance.normal(0, change.balance, 3)).astype(np.float32)
    if change.exposed:
        gain = gain * min(1.0, 1.05 / max(0.05, float(np.percentile(picture * gain, 95))))
    return np.asarray(np.clip(picture * gain * 255.0 + 0.5, 0, 255), np.uint8)


def _through_glass(square: Pixels, change: Augment, chance: Generator) -> Pixels:
    """What optics and a camera's own processing do: rims, coloured fringes, a veil of stray light, an uneven lamp."""
    if not (change.halo or change.fringe or change.haze or change.uneven):
        return square
    size = square.shape[0]
    picture: Floats = square.astype(np.float32)
    if change.halo and chance.random() < _SELDOM:
        soft = cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.01, 0.04) * size)
        picture = picture + chance.uniform(0, change.halo) * (picture - soft)
    if change.fringe and chance.random() < _SELDOM:
        for channel in (0, 2):
            dx, dy = chance.uniform(-change.fringe, change.fringe, 2) * size
            moved = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
            plane = np.ascontiguousarray(picture[..., channel])
            picture[..., channel] = cv2.warpAffine(plane, moved, (size, size), borderMode=cv2.BORDER_REFLECT_101)
    if change.haze and chance.random() < 0.5:
        veil = chance.uniform(0, change.haze)
        picture = picture * (1 - veil) + veil * chance.uniform(50, 230, 3).astype(np.float32)
    if change.uneven:
        y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
        across, down, bowl = chance.normal(0, change.uneven, 3)
        picture = picture * np.exp(across * x + down * y + bowl * (x**2 + y**2 - 0.6))[..., None].astype(np.float32)
    return np.asarray(np.clip(picture + 0.5, 0, 255), np.uint8)


def _grey(square: Pixels) -> Pixels:
    return np.repeat(square.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


def _worsened(square: Pixels, change: Augment, chance: Generator) -> Pixels:
    size = square.shape[0]
    if change.coarse > 1:
        factor = chance.uniform(1, change.coarse)
        low = max(8, round(size / factor))
        square = np.asarray(cv2.resize(square, (low, low), interpolation=cv2.INTER_AREA), np.uint8)
        square = np.asarray(cv2.resize(square, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)
    sigma = chance.uniform(0, change.blur) * size
    if sigma > 0.3:
        square = np.asarray(cv2.GaussianBlur(square, (0, 0), sigma), np.uint8)
    if change.grain:
        noise = chance.normal(0, chance.uniform(0, change.grain), square.shape)
        square = np.asarray(np.clip(square + noise, 0, 255), np.uint8)
    if change.jpeg:
        quality = int(chance.integers(change.jpeg, 96))
        done, data = cv2.imencode(".jpg", square, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done:
            square = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return square


def _marked(square: Pixels, chance: Generator) -> Pixels:
    """A made-up watermark anywhere, half transparent: a mark says nothing about the label."""
    size = square.shape[0]
    text = "".join(chr(int(code)) for code in chance.integers(97, 123, 8))
    layer = square.copy()
    place = (int(chance.integers(0, size // 2)), int(chance.integers(size // 8, size)))
    grey = int(chance.integers(120, 256))
    cv2.putText(layer, text, place, cv2.FONT_HERSHEY_SIMPLEX, size / 300, (grey, grey, grey), 1, cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(layer, 0.6, square, 0.4, 0), np.uint8)
