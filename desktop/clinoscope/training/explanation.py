"""Whether a network's maps may be shown: do they hang on what it learned, stay put, and point at what counts?

The maps are those of ``inference.classify.explain``: the label's class activation map minus the
mean of all labels' maps, what speaks against the label cut off. Three checks on real pictures, and a limit of time:

- *randomised weights* (Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018): the last layer alone, then
  every layer is set back to where training starts. A map that stays the same shows edges of the
  picture or its middle, not what the network learned.
- *repeated*: a picture a little brighter, darker, moved by two pixels or saved as JPEG is the same
  picture to a person; its map has to be nearly the same map.
- *deletion* (after Petsiuk et al., RISE, BMVC 2018): hiding the hottest places must cost the answer
  more than hiding places of the same shape elsewhere.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind
from clinoscope.inference.calibration import softmax
from clinoscope.inference.card import FORMAT, Explanation, Input, Package
from clinoscope.inference.classify import explain
from clinoscope.inference.packages import MODEL_FILE

Floats = NDArray[np.float32]

ALL_BELOW = 0.3
"""Mean rank correlation, sign set aside, with all layers random. A linear head on EfficientNet-Lite0 or MobileNetV2
gave 0.13 to 0.15 on crowns, on spots through a dermatoscope and on blood cells; edges of the picture, which know
nothing of the network, give 0.4 and an unchanged map 1."""
HEAD_BELOW = 0.5
"""The same with the last layer alone random: the features still light up where something is, so more remains (0.29 to
0.34 there); from 0.5 on a map says where there are features, not what they mean."""
REPEATED_FROM = 0.8
"""0.95 to 0.97 was measured there."""
DELETION_FROM = 0.6
"""0.68 to 0.85 was measured there. A map that points nowhere in particular gives 0.5, and reaches 0.6 of 64 pictures
by chance once in 20 tries."""
MILLISECONDS_AT_MOST = 150.0

PICTURES = 64
"""Pictures looked at, spread evenly over those given."""
DRAWS = 3
"""Random networks of each kind, and places to hide elsewhere for each picture."""
HIDDEN = 0.2
"""Share of the map's places that is hidden."""
SHIFT = 2
"""Pixels by which a repeated picture is moved; its map is moved back."""
TIMED = (1200, 1600)
"""Height and width of the picture on which the time of one explanation is taken."""
_BATCH = 16


@dataclass(frozen=True)
class Checked:
    """What the checks found on ``pictures`` pictures; ``explanation`` goes into the package.

    ``head_randomised`` is the mean rank correlation, sign set aside, with the maps after the last
    layer alone was randomised (``explanation.randomised``: after all layers were). ``deletion`` is
    the share of pictures in which hiding the hottest places lowers the answer's probability more than
    hiding others, ``hottest_drop`` and ``other_drop`` by how much each does on average.
    ``milliseconds`` is one explanation by LiteRT, as the window asks for it. ``why_not`` says in
    plain words which checks failed, "" when all passed.
    """

    explanation: Explanation
    pictures: int
    head_randomised: float
    deletion: float
    hottest_drop: float
    other_drop: float
    milliseconds: float
    why_not: str


def check(model: Any, squares: Floats, seed: int, light: bytes) -> Checked:
    """Check the maps of a package's Keras network, outputs ``logits``, ``maps`` and ``embedding``.

    ``squares`` (n, size, size, 3) RGB 0..255, as the network sees them; best ones it did not learn from.
    ``light`` is the same network as a LiteRT file. Raises ValueError when there are no squares.
    """
    if len(squares) == 0:
        raise ValueError("there are no pictures to check the maps on")
    squares = squares[:: -(-len(squares) // PICTURES)]
    logits, maps = _run(model, squares)
    labels = logits.argmax(axis=1)
    heats = heat(maps, labels)
    head = _randomised(model, squares, heats, labels, seed, head_only=True)
    everything = _randomised(model, squares, heats, labels, seed, head_only=False)
    repeated = _repeated(model, squares, heats, labels)
    hottest, other = _deletion(model, squares, heats, labels, logits, seed)
    share = float((hottest > other).mean())
    taken = milliseconds(light, squares.shape[1], logits.shape[1])
    failed = (
        (everything >= ALL_BELOW, f"they are much the same from a network with random weights ({everything:.2f})"),
        (head >= HEAD_BELOW, f"they are much the same with a random last layer ({head:.2f})"),
        (repeated < REPEATED_FROM, f"they move when the picture hardly changes ({repeated:.2f})"),
        (
            share < DELETION_FROM,
            f"hiding the hottest places costs the answer no more ({100 * share:.0f} % of pictures)",
        ),
        (taken > MILLISECONDS_AT_MOST, f"one takes {taken:.0f} ms"),
    )
    why_not = "; ".join(words for wrong, words in failed if wrong)
    return Checked(
        explanation=Explanation(shown=not why_not, randomised=round(everything, 4), repeated=round(repeated, 4)),
        pictures=len(squares),
        head_randomised=head,
        deletion=share,
        hottest_drop=float(hottest.mean()),
        other_drop=float(other.mean()),
        milliseconds=taken,
        why_not=why_not,
    )


def heat(maps: Floats, labels: NDArray[np.intp]) -> Floats:
    """The map of one label for each picture, ``maps`` (n, rows, columns, k) to (n, rows, columns), not scaled."""
    chosen = maps[np.arange(len(maps)), :, :, labels]
    return np.asarray(np.maximum(chosen - maps.mean(axis=-1), 0), np.float32)


def randomised_copy(model: Any, seed: int, head_only: bool = False) -> Any:
    """A copy of the network as training from scratch would start it; ``head_only``: its last layer alone.

    Kernels are drawn after He et al. (ICCV 2015), batch norm does nothing, biases are 0.
    """
    import keras

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    chance = np.random.default_rng(seed)
    for layer in _layers(copy):
        if isinstance(layer, keras.layers.Normalization) or (head_only and layer.name not in ("maps", "logits")):
            continue  # Normalization holds the scale of the picture's numbers, nothing learned
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        layer.set_weights([_fresh(weight.name, weight.shape, depthwise, chance) for weight in layer.weights])
    return copy


def _layers(model: Any) -> Iterator[Any]:
    """The layers of a network and of the networks inside of it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _layers(layer)
        else:
            yield layer


def _fresh(name: str, shape: tuple[int, ...], depthwise: bool, chance: np.random.Generator) -> Floats:
    if "kernel" in name:
        # a depthwise filter sees one channel only
        seen = shape[0] * shape[1] if depthwise or "depthwise" in name else int(np.prod(shape[:-1]))
        return chance.normal(0, np.sqrt(2 / seen), shape).astype(np.float32)
    one = "gamma" in name or "variance" in name
    return np.full(shape, float(one), np.float32)


def correlations(these: Floats, those: Floats) -> NDArray[np.float64]:
    """Spearman's rank correlation of every pair of maps (n, rows, columns); 0 where one of them is flat."""
    from scipy.stats import rankdata

    ranks = [rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (these, those)]
    one, two = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    spread = np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    return np.asarray(np.where(spread > 0, (one * two).sum(axis=1) / np.where(spread > 0, spread, 1), 0.0))


def milliseconds(light: bytes, size: int, labels: int, runs: int = 15) -> float:
    """Median processor time of one explanation on a picture of ``TIMED`` pixels, by LiteRT on one thread."""
    names = tuple(str(index) for index in range(labels))
    package = Package(
        format=FORMAT,
        name="timed",
        version="0",
        task="timed",
        kind=Kind.CLASSIFY,
        intended_use="",
        labels=names,
        input=Input(size=size),
        sha256=hashlib.sha256(light).hexdigest(),
        content={MODEL_FILE: light},
    )
    pixels = np.random.default_rng(0).integers(0, 256, (*TIMED, 3), dtype=np.uint8)
    region = Region(Box(0, 0, TIMED[1], TIMED[0]), "whole")
    times = []
    for _ in range(runs + 2):
        start = time.thread_time()
        explain(pixels, region, package, names[0])
        times.append(1000 * (time.thread_time() - start))
    return statistics.median(times[2:])


def _run(model: Any, squares: Floats) -> tuple[Floats, Floats]:
    """Logits (n, k) and maps (n, rows, columns, k) of squares (n, size, size, 3)."""
    logits, maps = [], []
    for start in range(0, len(squares), _BATCH):
        out = model(np.asarray(squares[start : start + _BATCH], np.float32), training=False)
        logits.append(np.asarray(out["logits"], np.float32))
        maps.append(np.asarray(out["maps"], np.float32))
    return np.concatenate(logits), np.concatenate(maps)


def _randomised(
    model: Any, squares: Floats, heats: Floats, labels: NDArray[np.intp], seed: int, head_only: bool
) -> float:
    """Mean over pictures and draws, sign set aside: a random layer speaks for a label or against it by
    chance, so with the sign every map would pass on average."""
    found = []
    for draw in range(DRAWS):
        _, maps = _run(randomised_copy(model, seed + draw, head_only), squares)
        found.append(np.abs(correlations(heats, heat(maps, labels))))
    return float(np.mean(found))


def _repeated(model: Any, squares: Floats, heats: Floats, labels: NDArray[np.intp]) -> float:
    found = []
    for changed, moved in _copies(squares):
        _, maps = _run(model, changed)
        again = heat(maps, labels)
        if moved:
            again = _shifted(again, -SHIFT * again.shape[2] / squares.shape[2])
        found.append(correlations(heats, again))
    return float(np.mean(found))


def _copies(squares: Floats) -> Iterator[tuple[Floats, bool]]:
    """The squares changed so little that a person sees no difference, and whether they were moved."""
    yield np.clip(squares * 1.02, 0, 255), False
    yield np.clip(squares * 0.98, 0, 255), False
    yield _shifted(squares, SHIFT), True
    yield np.stack([_saved(square) for square in squares]), False


def _shifted(pictures: Floats, by: float) -> Floats:
    """Every picture (n, rows, columns, …) moved right and down by ``by`` pixels, its edge repeated."""
    matrix = np.array([[1, 0, by], [0, 1, by]], np.float64)
    size = pictures.shape[2], pictures.shape[1]
    return np.stack(
        [cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE) for picture in pictures]
    ).astype(np.float32)


def _saved(square: Floats) -> Floats:
    """The square as it comes back from a JPEG file of quality 90."""
    done, data = cv2.imencode(".jpg", square.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.float32)


def _deletion(
    model: Any, squares: Floats, heats: Floats, labels: NDArray[np.intp], logits: Floats, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By how much the answer's probability falls, (n,): the hottest places hidden, others hidden."""
    chance = np.random.default_rng(seed)
    rows, columns = heats.shape[1:]
    order = np.argsort(-heats.reshape(len(heats), -1), axis=1, kind="stable")
    hot = np.zeros((len(heats), rows * columns), np.bool_)
    np.put_along_axis(hot, order[:, : max(1, round(HIDDEN * rows * columns))], True, axis=1)
    hot = hot.reshape(heats.shape)
    rows_of = np.arange(len(labels))
    before = softmax(logits)[rows_of, labels]

    def drop(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        after, _ = _run(model, _hidden(squares, masks))
        return np.asarray(before - softmax(after)[rows_of, labels])

    elsewhere = []
    for _ in range(DRAWS):
        # the same shape put somewhere else, round the edges: scattered places would hide in another way
        places = chance.integers(1, rows * columns, len(heats))
        rolled = [np.roll(mask, divmod(int(place), columns), (0, 1)) for mask, place in zip(hot, places, strict=True)]
        elsewhere.append(drop(np.stack(rolled)))
    return drop(hot), np.asarray(np.mean(elsewhere, axis=0))


def _hidden(squares: Floats, masks: NDArray[np.bool_]) -> Floats:
    """The squares with the masked places painted in the square's mean colour."""
    size = squares.shape[2], squares.shape[1]
    large = np.stack([cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) for mask in masks])
    mean = squares.mean(axis=(1, 2), keepdims=True)
    return np.asarray(np.where(large[..., None] > 0, mean, squares), np.float32)
