"""Train the nail finder that ``regions.nails`` runs: a small network that marks nail centres and sizes.

Run with ``python -m clinoscope.training.nail_finder DATA SKIN BACKBONE OUT``: DATA is the folder with ``images.csv``
of the anemia pictures, SKIN a folder of skin pictures without nails (PAD-UFES-20), BACKBONE the folder with the
MobileNetV2 weights and their builder, OUT gets ``nails.tflite``, ``finds.json`` (every find on hands of sessions not
in that fold's training) and ``figures.json`` (recall by ``group``, the session, so no hand is in both).

The network is MobileNetV2 up to stride 16 with three lateral joins up to stride 4 and five output maps: centre heat
(Zhou et al., Objects as Points, arXiv 1904.07850), centre offset x, y and log width, height, all in stride units.
"""

import csv
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import nails
from clinoscope.regions.second_look import Run
from clinoscope.training import heatmap

VIEW = 160
"""Side of a training view, pixels."""

EPOCHS = 40
BATCH = 16
STRANGERS = 3
"""Views in each batch that show no nail."""
FOLDS = 3
SEED = 7
LATERALS = ("block_5_add", "block_2_add")
"""Layers of the backbone joined on the way up: strides 8 and 4."""
RELABEL_EPOCH = 15
"""After this epoch, nails the annotators left unmarked (only three per hand are) stop counting as background."""

Floats = NDArray[np.float32]


@dataclass
class Hand:
    """One training picture with its nail boxes (x, y, w, h) and boxes that count neither way."""

    pixels: Pixels
    boxes: Floats
    group: str
    mask: NDArray[np.uint8]
    ignored: list[Box] = field(default_factory=list)


def load(data: Path) -> list[Hand]:
    """Every picture of ``images.csv`` that has nail boxes."""
    hands = []
    with (data / "images.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            boxes = json.loads(row["boxes"] or "{}").get("nail_xywh", [])
            if not boxes:
                continue
            pixels = cv2.cvtColor(cv2.imread(str(data / row["path"])), cv2.COLOR_BGR2RGB)
            hands.append(Hand(pixels, np.array(boxes, np.float32), row["group"], _hand_mask(pixels)))
    return hands


def load_strangers(folder: Path, most: int = 300) -> list[Pixels]:
    """Pictures without nails, so that spots and folds of skin are not taken for one."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".png"})
    step = max(1, len(paths) // most)
    return [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths[::step]]


def _stranger(pixels: Pixels, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    if rng.random() < 0.4:
        blank = np.zeros((VIEW, VIEW), np.uint8)
        pixels = _other_ground(Hand(np.zeros((VIEW, VIEW, 3), np.uint8), np.zeros((0, 4), np.float32), "", blank), rng)
    height, width = pixels.shape[:2]
    side = int(min(height, width) * rng.uniform(0.5, 1))
    y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    shown = cv2.resize(pixels[y : y + side, x : x + side], (VIEW, VIEW), interpolation=cv2.INTER_AREA)
    return _recoloured(shown, rng), *_targets(np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32))


def _hand_mask(pixels: Pixels) -> NDArray[np.uint8]:
    """Where the hand is on the grey-white table of these pictures: everything with a skin-like chroma."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    mask = ((lab[..., 1] > 4) & (lab[..., 1] + lab[..., 2] > 9)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))


def view(hand: Hand, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """A random look at a hand: turned, zoomed, recoloured, often on another ground.

    Returns the pixels (VIEW, VIEW, 3) 0..255, the targets (VIEW/4, VIEW/4, 5) and the weights (VIEW/4, VIEW/4, 2) of
    heat and box loss.
    """
    pixels = _other_ground(hand, rng) if rng.random() < 0.6 else hand.pixels
    centres = hand.boxes[:, :2] + hand.boxes[:, 2:] / 2
    nail = float(np.sqrt(hand.boxes[:, 2:].prod(axis=1)).mean())
    big = rng.random() < 0.2
    wanted = rng.uniform(0.3, 0.8) * VIEW if big else float(np.exp(rng.uniform(np.log(9), np.log(60))))
    scale = wanted / nail
    middle = centres[rng.integers(len(centres))] if big or scale * nail > 40 else centres.mean(axis=0)
    angle, flip = rng.uniform(0, 2 * np.pi), 1 if rng.random() < 0.5 else -1
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([flip, 1])
    shift = VIEW / 2 - turn @ middle + rng.uniform(-1, 1, 2) * (VIEW * 0.12 if big else VIEW * 0.3)
    matrix = np.hstack([turn, shift[:, None]])
    border = int(rng.choice([cv2.BORDER_REFLECT, cv2.BORDER_REPLICATE]))
    shown = cv2.warpAffine(pixels, matrix, (VIEW, VIEW), flags=cv2.INTER_AREA, borderMode=border)
    boxes = np.array([heatmap.warped(box, matrix) for box in hand.boxes], np.float32)
    ignored = [heatmap.warped(np.array([b.x, b.y, b.w, b.h], np.float32), matrix) for b in hand.ignored]
    inside = cv2.warpAffine(np.ones(pixels.shape[:2], np.uint8), matrix, (VIEW, VIEW))
    target, weight = _targets(boxes, np.array(ignored, np.float32).reshape(-1, 4))
    # Mirrored borders show nails without a box: they count neither way.
    weight[..., 0] *= cv2.resize(inside, weight.shape[1::-1], interpolation=cv2.INTER_AREA) > 0
    return _recoloured(shown, rng), target, weight


def _targets(boxes: Floats, ignored: Floats) -> tuple[Floats, Floats]:
    return heatmap.targets(boxes, ignored, (VIEW, VIEW), nails.STRIDE)


def _other_ground(hand: Hand, rng: np.random.Generator) -> Pixels:
    """The hand on a drawn ground: soft blotches of random colours, sometimes skin-like, or stripes."""
    height, width = hand.mask.shape
    cells = int(rng.integers(1, 24))
    base = rng.uniform(0, 255, 3) if rng.random() < 0.7 else np.array([200, 150, 125]) * rng.uniform(0.3, 1.2)
    blotch = base + rng.normal(0, rng.uniform(0, 60), (cells, cells, 3))
    ground = cv2.resize(blotch.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    ground += rng.normal(0, rng.uniform(0, 15), (height, width, 1))
    if rng.random() < 0.25:
        phase = np.arange(width, dtype=np.float32)[None, :, None] * rng.uniform(0.05, 0.6)
        ground += 40 * np.sin(phase)
    soft = cv2.GaussianBlur(hand.mask.astype(np.float32), (0, 0), 1.2)[..., None]
    return np.clip(hand.pixels * soft + ground * (1 - soft), 0, 255).astype(np.uint8)


def _recoloured(pixels: Pixels, rng: np.random.Generator) -> Floats:
    """Another lamp, another camera, another skin tone, a little blur and noise."""
    x = (pixels.astype(np.float32) / 255) ** rng.uniform(0.6, 1.8)
    x *= np.exp(rng.normal(0, 0.12, 3)) * np.exp(rng.uniform(-0.5, 0.25))
    grey = x.mean(axis=2, keepdims=True)
    x = grey + (x - grey) * rng.uniform(0.6, 1.5)
    if rng.random() < 0.4:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.6))
    x = x + rng.normal(0, rng.uniform(0, 0.03), x.shape)
    return np.clip(x * 255, 0, 255).astype(np.float32)


def fit(hands: list[Hand], strangers: list[Pixels], backbone: Path, epochs: int, seed: int = SEED) -> Any:
    """Train one network on these hands and on pictures without nails."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = heatmap.build(backbone, LATERALS)
    steps = epochs * -(-len(hands) // (BATCH - STRANGERS))
    step = heatmap.stepper(model, steps)
    for epoch in range(epochs):
        order, losses = rng.permutation(len(hands)), []
        for start in range(0, len(hands), BATCH - STRANGERS):
            views = [
                view(hands[i], rng) for i in np.resize(order[start : start + BATCH - STRANGERS], BATCH - STRANGERS)
            ]
            views += [_stranger(strangers[rng.integers(len(strangers))], rng) for _ in range(STRANGERS)]
            losses.append(float(step(*(np.stack(part) for part in zip(*views, strict=True)))))
        if epoch + 1 == RELABEL_EPOCH:
            _set_aside_unmarked(hands, model)
        print(f"epoch {epoch + 1}/{epochs} loss {np.mean(losses):.3f}", file=sys.stderr, flush=True)
    return model


def _set_aside_unmarked(hands: list[Hand], model: Any) -> None:
    for hand in hands:
        marked = [_rounded(box) for box in hand.boxes]
        found = nails.decode(*_maps(hand.pixels, model), limit=0.35)
        hand.ignored = [box.padded(0.3) for box, _ in found if max(box.iou(mark) for mark in marked) < 0.1]


def _maps(pixels: Pixels, model: Any) -> tuple[Floats, float]:
    square, scale = nails.letterboxed(pixels)
    return np.asarray(model(square[None], training=False))[0], scale


def _runner(model: Any) -> Run:
    return lambda view: np.asarray(model(view[None], training=False))[0]


def figures(finds: list[dict[str, Any]], limit: float) -> dict[str, float]:
    """Recall at IoU 0.3 and 0.5 with 95 % intervals (bootstrap over ``group``), and finds per picture.

    No precision: the annotators marked three fingers of each hand, so a find on the fourth is right and yet unmarked.
    ``unmarked`` is the number of finds per picture that meet no marked nail at IoU 0.3, ``answered`` the share of
    pictures on which ``regions.nails`` found any.
    """
    values: dict[str, float] = {"limit": limit, "pictures": len(finds)}
    kept = [[(Box(*box[:4]), box[4]) for box in find["found"] if box[4] >= limit] for find in finds]
    marked = [[_rounded(np.array(box)) for box in find["truth"]] for find in finds]
    for overlap in (0.3, 0.5):
        met = [
            [any(box.iou(mark) >= overlap for box, _ in boxes) for mark in marks]
            for boxes, marks in zip(kept, marked, strict=True)
        ]
        values[f"recall@{overlap}"] = float(np.mean([flag for one in met for flag in one]))
        low, high = _interval([float(np.mean(one)) for one in met], [find["group"] for find in finds])
        values[f"recall@{overlap} low"], values[f"recall@{overlap} high"] = low, high
    strangers = [
        sum(all(box.iou(mark) < 0.3 for mark in marks) for box, _ in boxes)
        for boxes, marks in zip(kept, marked, strict=True)
    ]
    values["unmarked"] = float(np.mean(strangers))
    values["answered"] = float(np.mean([bool(boxes) for boxes in kept]))
    return values


def _interval(values: list[float], groups: list[str]) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    of_group = [np.array([v for v, g in zip(values, groups, strict=True) if g == group]) for group in set(groups)]
    means = [
        np.concatenate([of_group[i] for i in rng.integers(len(of_group), size=len(of_group))]).mean()
        for _ in range(1000)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _rounded(box: NDArray[Any]) -> Box:
    return Box(*np.round(box).astype(int).tolist())


def main(data: Path, skin: Path, backbone: Path, out: Path, epochs: int = EPOCHS) -> None:
    """Train on everything, then measure the same recipe on folds by group."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(2)
    out.mkdir(parents=True, exist_ok=True)
    hands, strangers = load(data), load_strangers(skin)
    model = fit(hands, strangers, backbone, epochs)
    heatmap.export(model, out / "nails.tflite", (nails.INPUT_SIDE, nails.INPUT_SIDE))
    groups = sorted({hand.group for hand in hands}, key=lambda g: -sum(h.group == g for h in hands))
    fold_of = {group: index % FOLDS for index, group in enumerate(groups)}
    finds: list[dict[str, Any]] = []
    for fold in range(FOLDS):
        for hand in hands:
            hand.ignored = []
        train = [hand for hand in hands if fold_of[hand.group] != fold]
        model = fit(train, strangers, backbone, epochs)
        for hand in (hand for hand in hands if fold_of[hand.group] == fold):
            region = nails.find_by(_runner(model), hand.pixels)
            boxes = [] if region is None else [[box.x, box.y, box.w, box.h, region.score] for box in region.boxes]
            finds.append({"group": hand.group, "truth": hand.boxes.tolist(), "found": boxes})
        (out / "finds.json").write_text(json.dumps(finds), encoding="utf-8")
    (out / "figures.json").write_text(json.dumps(figures(finds, nails.LIMIT), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
