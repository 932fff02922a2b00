"""Drawn pictures, exams of them that are signed, and what an export of them holds."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from clinoscope.capture.files import open_picture
from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.workflow import consent, exams

PASSWORD = "a long enough one"
MODEL = ModelRef("shipped", "1.0.0", "ab" * 32)
BOX = Box(40, 30, 60, 50)


def drawn(seed: int, width: int = 160, height: int = 120, **save: Any) -> Picture:
    """A picture like no other, as a file with everything a camera writes beside the pixels."""
    pixels = np.random.default_rng(seed).integers(60, 200, (height // 4, width // 4, 3), np.uint8)
    file = io.BytesIO()
    about = Image.Exif()
    about[271], about[315], about[36867] = "Ada Okafor's phone", "Kwabena Mensah", "2026:03:01 09:30:00"
    image = Image.fromarray(np.kron(pixels, np.ones((4, 4, 1), np.uint8)))
    image.save(file, **({"format": "JPEG", "quality": 90, "exif": about} | save))
    picture = open_picture(file.getvalue(), Origin.CAMERA, "Kwabena Mensah's iPhone camera")
    return replace(picture, taken_at=datetime(2026, 3, 1, 9, 30).astimezone())


def agrees(vault: Vault, patient: Patient, said: Consented = Consented.GIVEN) -> None:
    """Note what a patient says to the use for training."""
    consent.note(vault, patient, Purpose.TRAINING, said, date(2026, 3, 1))


def signed(
    vault: Vault,
    patient: Patient,
    picture: Picture,
    answer: str = "psoriasis",
    *,
    task: str = "scalp/disease",
    region: Region | None = Region(BOX, "drawn"),  # noqa: B008 - frozen
    said: str = "",
) -> Exam:
    exam = exams.take(vault, patient, task, picture)
    exam = exams.set_region(vault, exam, region, Quality())
    exam = exams.set_reading(vault, exam, Reading(task, said or answer, MODEL))
    exam = exams.review(vault, exam, answer, "Yewande came with her sister")
    return exams.sign(vault, exam, PASSWORD)


def listed(out: Path) -> list[dict[str, str]]:
    with (out / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shown(out: Path, row: dict[str, str]) -> np.ndarray:
    return np.asarray(Image.open(out / row["path"]).convert("RGB"))


def events(vault: Vault) -> list[str]:
    return [event.act for event in vault.events()]
