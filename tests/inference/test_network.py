import threading

import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import network, packages


def test_a_model_file_that_is_no_model_is_a_sentence(write_package, toy_toml):
    package = packages.load(write_package({"model.tflite": b"not a network"}))
    with pytest.raises(PackageError, match="Model package toy: its model cannot be run"):
        network.run(package, np.zeros((32, 32, 3), np.uint8))


def test_a_model_of_another_size_is_a_sentence(write_package, toy_toml):
    other = packages.for_task("skin/lesion-photo").content["model.tflite"]
    package = packages.load(write_package({"model.tflite": other}))
    with pytest.raises(PackageError, match="cannot be run"):
        network.run(package, np.zeros((32, 32, 3), np.uint8))


def test_threads_share_a_network_and_get_the_same_numbers(rng):
    package = packages.for_task("skin/lesion-photo")
    shape = (package.input.size, package.input.size, 3)
    squares = [rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(4)]
    alone = [network.run(package, square).logits for square in squares]
    together: dict[int, np.ndarray] = {}

    def work(index: int) -> None:
        for _ in range(3):
            together[index] = network.run(package, squares[index]).logits

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, logits in together.items():
        assert (logits == alone[index]).all()
