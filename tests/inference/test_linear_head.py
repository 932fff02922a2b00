"""The last layer in the finished file: read as the network uses it, replaced so that the network uses the new one."""

import dataclasses

import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import linear_head, network, packages
from clinoscope.inference.linear_head import LinearHead
from clinoscope.inference.packages import MODEL_FILE
from clinoscope.paths import MODELS

SHIPPED = sorted(path.parent for path in MODELS.rglob(MODEL_FILE))


def _square(size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (size, size, 3), dtype=np.uint8)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_of_every_shipped_network_it_is_the_layer_that_makes_the_logits(folder) -> None:
    package = packages.load(folder)
    head = linear_head.read(package.content[MODEL_FILE], len(package.labels))
    seen = network.run(package, _square(package.input.size))
    np.testing.assert_allclose(head.logits(seen.embedding[None])[0], seen.logits, atol=1e-4)


def test_another_head_makes_other_logits_and_maps_and_leaves_the_features(tmp_path) -> None:
    package = packages.load(MODELS / "neutrophil" / "type")
    model = package.content[MODEL_FILE]
    head = linear_head.read(model, len(package.labels))
    other = linear_head.replaced(model, LinearHead(head.weights * 0.5, head.bias + 1))
    assert len(other) == len(model)
    changed = dataclasses.replace(package, content={**package.content, MODEL_FILE: other}, sha256="another")
    before, after = (network.run(each, _square(package.input.size)) for each in (package, changed))
    np.testing.assert_array_equal(before.embedding, after.embedding)
    np.testing.assert_allclose(after.logits, (before.logits - head.bias) * 0.5 + head.bias + 1, atol=5e-3)
    np.testing.assert_allclose(after.maps, before.maps * 0.5, atol=1e-4)


def test_a_file_of_another_form_gets_a_sentence() -> None:
    watcher = (MODELS / "watcher" / "watcher.tflite").read_bytes()
    with pytest.raises(PackageError, match="cannot be replaced"):
        linear_head.read(watcher, 3)
    package = packages.load(MODELS / "neutrophil" / "type")
    narrow = LinearHead(np.zeros((10, 8)), np.zeros(8))
    with pytest.raises(PackageError, match="cannot be replaced"):
        linear_head.replaced(package.content[MODEL_FILE], narrow)
