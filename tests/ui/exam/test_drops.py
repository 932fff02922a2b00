from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Origin
from clinoscope.ui.exam import drops


def test_a_dropped_file_is_opened_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "spot.png"
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(path)
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(path))])
    assert drops.carries_picture(mime)
    source = drops.from_mime(mime)
    assert source is not None
    picture = source()
    assert picture.data == path.read_bytes()
    assert picture.origin is Origin.FILE
    assert picture.device == "", "a file's name may name a patient"


def test_a_copied_picture_is_kept_without_loss(app: QApplication) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    mime = QMimeData()
    mime.setImageData(image)
    source = drops.from_mime(mime)
    assert source is not None
    picture = source()
    assert picture.origin is Origin.CLIPBOARD
    assert picture.pixels.shape == (20, 30, 3)
    assert tuple(picture.pixels[0, 0]) == (10, 20, 30)


def test_words_are_no_picture() -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not drops.carries_picture(mime)
    assert drops.from_mime(mime) is None


def test_a_file_that_is_no_picture_is_refused_when_opened(tmp_path: Path) -> None:
    (tmp_path / "letter.jpg").write_text("dear", encoding="utf-8")
    with pytest.raises(PictureError):
        drops.from_file(str(tmp_path / "letter.jpg"))()
