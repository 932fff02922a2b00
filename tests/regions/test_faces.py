import threading

import numpy as np
import pytest
from PIL import Image

from clinoscope.paths import MODELS, RESOURCES
from clinoscope.regions import faces


@pytest.fixture(scope="module")
def face_pixels():
    return np.asarray(Image.open(RESOURCES / "phantoms" / "face.png").convert("RGB"))


def test_the_drawn_face_is_found_with_its_points_in_place(face_pixels):
    face = faces.find(face_pixels)
    assert face is not None
    assert face.score > 0.9
    assert face.points.shape == (468, 2)
    forehead, chin, right_eye, left_eye = (face.points[index] for index in (10, 152, 33, 263))
    assert forehead[1] < right_eye[1] < chin[1]
    assert right_eye[0] < forehead[0] < left_eye[0]


def test_points_follow_the_picture_when_it_moves_and_shrinks(face_pixels):
    face = faces.find(face_pixels)
    half = np.asarray(Image.fromarray(face_pixels).resize((640, 480), Image.Resampling.BOX))
    padded = np.pad(half, ((100, 20), (30, 300), (0, 0)), mode="edge")
    moved = faces.find(padded)
    expected = face.points / 2 + (30, 100)
    assert np.abs(moved.points - expected).mean() < 6


def test_a_turned_head_is_still_found(face_pixels):
    turned = np.asarray(Image.fromarray(face_pixels).rotate(20, resample=Image.Resampling.BICUBIC))
    face = faces.find(turned)
    assert face is not None
    eyes = face.points[263] - face.points[33]
    assert np.degrees(np.arctan2(eyes[1], eyes[0])) == pytest.approx(-20, abs=6)


@pytest.mark.parametrize("shape", [(300, 400), (16, 16), (3, 900), (1, 1)])
def test_no_face_in_noise_of_any_shape(shape):
    noise = np.random.default_rng(1).integers(0, 255, (*shape, 3), dtype=np.uint8)
    assert faces.find(noise) is None


def test_threads_share_the_networks_and_agree(face_pixels):
    found = [None] * 4

    def look(index):
        found[index] = faces.find(face_pixels)

    threads = [threading.Thread(target=look, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(face.points, found[0].points) for face in found)


def test_the_networks_are_the_ones_the_readme_names():
    import hashlib

    readme = (MODELS / "landmarks" / "README.md").read_text(encoding="utf-8")
    for path in (MODELS / "landmarks").glob("*.tflite"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme
    assert (MODELS / "landmarks" / "LICENSE").is_file()
