"""Every package that ships: whole, made for its task, and honest about itself."""

import time

import cv2
import numpy as np
import pytest

from clinoscope import inference, modes, regions
from clinoscope.domain.task import Kind
from clinoscope.inference import classify, packages
from clinoscope.paths import RESOURCES

CLASSIFY = [task for task in modes.shipped_ids() if modes.task(task).kind is Kind.CLASSIFY]
PHANTOMS = {
    "anemia/nail": "nails.png",
    "skin/lesion-photo": "lesion.png",
    "skin/lesion-dermoscopy": "dermoscopy.png",
    "skin/rash": "rash.png",
    "scalp/disease": "scalp.png",
    "scalp/hair-loss": "vertex.png",
    "neutrophil/type": "cell.png",
    "neutrophil/stage": "cell.png",
}


def phantom(name: str) -> np.ndarray:
    return np.ascontiguousarray(cv2.imread(str(RESOURCES / "phantoms" / name))[..., ::-1])


def test_every_task_has_a_whole_package():
    for task in modes.shipped_ids():
        package = packages.for_task(task)
        assert packages.verify(package.folder) == []
        assert package.kind is modes.task(task).kind


def test_all_packages_together_stay_small():
    size = sum(len(data) for folder in packages.folders() for data in packages.load(folder).content.values())
    assert size <= 60_000_000


@pytest.mark.parametrize("task", CLASSIFY)
def test_a_package_speaks_the_words_of_its_task(task):
    package = packages.for_task(task)
    assert package.labels == tuple(label.id for label in modes.task(task).labels)
    assert package.intended_use.endswith("Research use only.")
    assert package.sources
    assert "clinoscope train" in package.command


@pytest.mark.parametrize("task", CLASSIFY)
def test_a_package_tells_how_it_did_and_where_it_is_weak(task):
    package = packages.for_task(task)
    figures = package.figures
    assert figures is not None
    assert figures.how.endswith(".")
    for figure in (figures.accuracy, figures.balanced_accuracy, figures.ece, figures.coverage, figures.answered):
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high
    assert {entry.label for entry in figures.labels} == set(package.labels)
    assert abs(figures.coverage.value - package.conformal.coverage) <= 0.03
    assert figures.ece.value <= 0.08 or figures.weak
    card = (package.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Research use only; not a diagnosis." in card
    assert figures.how in card
    assert figures.weak in card


@pytest.mark.parametrize("task", CLASSIFY)
def test_the_phantom_of_a_task_gets_a_reading_and_a_heatmap(task):
    entry, pixels = modes.task(task), phantom(PHANTOMS[task])
    region = regions.find(entry.region, pixels)
    assert region is not None
    reading = inference.read(entry, pixels, region)
    assert sum(reading.probabilities.values()) == pytest.approx(1)
    heat = classify.explain(pixels, region, packages.for_task(task), reading.top)
    assert heat.shape == pixels.shape[:2]
    assert 0 <= heat.min() <= heat.max() <= 1


@pytest.mark.parametrize("task", CLASSIFY)
def test_one_picture_and_one_load_are_fast(task):
    package = packages.for_task(task)
    size = package.input.size
    pixels = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    classify.network.run(package, pixels)

    def spent(work) -> float:
        times = []
        for _ in range(5):
            start = time.thread_time()  # processor time of this thread: other programs do not count
            work()
            times.append(time.thread_time() - start)
        return min(times)

    assert spent(lambda: classify.network.run(package, pixels)) <= 0.015
    assert spent(lambda: packages.load(package.folder)) <= 0.1
