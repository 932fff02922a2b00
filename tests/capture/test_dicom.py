"""DICOM files written by the tests: the kinds that ultrasounds, dermatoscopes and X-rays make."""

import io
import logging
from datetime import UTC, datetime

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    MPEG4HP41,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from clinoscope.capture import dicom
from clinoscope.capture.files import open_picture, pages_of
from clinoscope.domain.errors import PictureError

NAME = "Okonkwo^Adaeze"


def made(
    values: np.ndarray, kind: str = "RGB", syntax: str = ExplicitVRLittleEndian, **elements: object
) -> FileDataset:
    """A file of these values: (h, w) grey, (h, w, 3) colour, or with frames in front."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.4"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = NAME, "4711", "19700101"
    colour = values.ndim > 2 and values.shape[-1] == 3
    frames = values.ndim - 2 - colour
    dataset.Rows, dataset.Columns = values.shape[frames : frames + 2]
    if frames:
        dataset.NumberOfFrames = values.shape[0]
    dataset.SamplesPerPixel = 3 if colour else 1
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = kind
    dataset.BitsAllocated = dataset.BitsStored = 8 * values.itemsize
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    dataset.PixelData = values.tobytes()
    for name, value in elements.items():
        setattr(dataset, name, value)
    dataset.HighBit = dataset.BitsStored - 1
    return dataset


def written(dataset: FileDataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def jpeg(pixels: np.ndarray, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def packed(pixels: np.ndarray, code: bytes, kind: str, syntax: str) -> bytes:
    dataset = made(pixels, kind, syntax)
    dataset.PixelData = encapsulate([code])
    dataset["PixelData"].is_undefined_length = True
    return written(dataset)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_colour_comes_back_pixel_for_pixel(pixels, syntax):
    data = written(made(pixels, syntax=syntax))
    picture = open_picture(data)
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.data, picture.media_type, picture.device) == (data, "application/dicom", "")


def test_colour_by_planes(pixels):
    dataset = made(pixels, PlanarConfiguration=1)
    dataset.PixelData = np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()
    assert np.array_equal(open_picture(written(dataset)).pixels, pixels)


def test_ybr_becomes_rgb(pixels):
    ycc = np.asarray(Image.fromarray(pixels).convert("YCbCr"))
    assert np.abs(open_picture(written(made(ycc, "YBR_FULL"))).pixels.astype(int) - pixels).max() <= 3


def test_sixteen_bit_colour_by_the_bits_in_use():
    values = np.full((4, 6, 3), (4095, 2048, 0), np.uint16)
    assert open_picture(written(made(values, BitsStored=12))).pixels[0, 0].tolist() == [255, 128, 0]


def test_a_palette_is_looked_up():
    indices = np.array([[0, 1], [1, 0]], np.uint8)
    dataset = made(indices, "PALETTE COLOR")
    for place, name in enumerate(("Red", "Green", "Blue")):
        setattr(dataset, f"{name}PaletteColorLookupTableDescriptor", [2, 0, 16])
        table = np.array([0, (0xFFFF, 0x8080, 0)[place]], np.uint16)
        setattr(dataset, f"{name}PaletteColorLookupTableData", table.tobytes())
    assert open_picture(written(dataset)).pixels[0].tolist() == [[0, 0, 0], [255, 128, 0]]


@pytest.mark.parametrize("kind", ["YBR_FULL_422", "RGB"])
def test_a_jpeg_inside_keeps_its_colours_whatever_the_header_says(kind):
    """Many ultrasounds call an ordinary JPEG RGB."""
    colour = np.full((16, 16, 3), (200, 120, 100), np.uint8)
    code = jpeg(colour, quality=95, subsampling="4:2:2")
    shown = open_picture(packed(colour, code, kind, JPEGBaseline8Bit)).pixels
    assert np.abs(shown.astype(int) - colour).max() <= 4


def test_jpeg_2000_and_run_lengths(pixels):
    code = jpeg(pixels, "JPEG2000", irreversible=False, no_jp2=True)
    assert np.array_equal(open_picture(packed(pixels, code, "RGB", JPEG2000Lossless)).pixels, pixels)
    dataset = made(pixels)
    dataset.compress(RLELossless)
    assert np.array_equal(open_picture(written(dataset)).pixels, pixels)


def test_a_frame_of_several():
    frames = np.stack([np.full((4, 6, 3), grey, np.uint8) for grey in (10, 20, 30)])
    data = written(made(frames))
    assert [(page.index, page.width, page.height) for page in pages_of(data)] == [(0, 6, 4), (1, 6, 4), (2, 6, 4)]
    assert [open_picture(data, page=page).pixels[0, 0, 0] for page in (None, 0, 2)] == [10, 10, 30]
    assert open_picture(data, page=2).page == 2
    with pytest.raises(PictureError):
        open_picture(data, page=3)


# --- grey ------------------------------------------------------------------------------------------------------------


def greys(data: bytes) -> list[int]:
    pixels = open_picture(data).pixels
    assert (pixels == pixels[:, :, :1]).all()
    return pixels[0, :, 0].tolist()


def test_eight_bits_are_shown_as_they_are():
    assert greys(written(made(np.array([[0, 100, 200]], np.uint8), "MONOCHROME2"))) == [0, 100, 200]


def test_white_can_be_the_low_end():
    assert greys(written(made(np.array([[0, 100, 200]], np.uint8), "MONOCHROME1"))) == [255, 155, 55]


def test_a_window_is_applied_after_the_rescaling():
    """PS3.3, C.11.2.1.2: centre 100.5 and width 201 show 0 as black and 200 as white."""
    values = np.array([[1000, 1024, 1124, 1224, 1300]], np.int16)
    elements = {"RescaleSlope": 1, "RescaleIntercept": -1024, "WindowCenter": [100.5, 3], "WindowWidth": [201, 9]}
    assert greys(written(made(values, "MONOCHROME2", **elements))) == [0, 0, 128, 255, 255]


def test_a_sigmoid_window():
    values = np.array([[0, 100, 200]], np.int16)
    elements = {"WindowCenter": 100, "WindowWidth": 100, "VOILUTFunction": "SIGMOID"}
    assert greys(written(made(values, "MONOCHROME2", **elements))) == [5, 128, 250]


def test_without_a_window_deep_values_go_from_darkest_to_brightest_past_the_padding():
    values = np.array([[-2000, 0, 300, 600]], np.int16)
    assert greys(written(made(values, "MONOCHROME2", PixelPaddingValue=-2000))) == [0, 0, 128, 255]


def test_a_lookup_table_wins_over_a_window():
    table = pydicom.Dataset()
    table.LUTDescriptor = [3, 0, 16]
    table.LUTData = np.array([65535, 0, 32768], np.uint16).tobytes()
    table["LUTData"].VR = "OW"
    elements = {"VOILUTSequence": Sequence([table]), "WindowCenter": 1, "WindowWidth": 2}
    assert greys(written(made(np.array([[0, 1, 2]], np.uint16), "MONOCHROME2", **elements))) == [255, 0, 128]


# --- time and privacy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "elements",
    [
        {"AcquisitionDateTime": "20250304102030.5+0530"},
        {"AcquisitionDate": "20250304", "AcquisitionTime": "102030.25", "TimezoneOffsetFromUTC": "+0530"},
        {"ContentDate": "20250304", "ContentTime": "102030", "TimezoneOffsetFromUTC": "+0530"},
    ],
)
def test_the_time_of_the_picture(pixels, elements):
    assert open_picture(written(made(pixels, **elements))).taken_at == datetime(2025, 3, 4, 4, 50, 30, tzinfo=UTC)


def test_a_time_that_is_none(pixels):
    before = datetime.now(UTC)
    assert open_picture(written(made(pixels, ContentDate="", ContentTime=""))).taken_at >= before


def test_nothing_of_the_patient_is_parsed_logged_or_said(pixels, caplog, capfd):
    dataset = made(pixels)
    assert "PatientName" not in dicom._opened(written(dataset))
    caplog.set_level(logging.DEBUG)
    dataset.PixelData = dataset.PixelData[:-100]
    for data in (written(dataset), written(made(pixels, "NO SUCH KIND")), written(made(pixels))[:-900]):
        with pytest.raises(PictureError) as caught:
            open_picture(data)
        assert caught.value.__cause__ is None
        assert "Okonkwo" not in str(caught.value)
    out = capfd.readouterr()
    assert "Okonkwo" not in caplog.text + out.out + out.err


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, MPEG4HP41, "1.2.3.99"])
def test_what_cannot_be_unpacked_is_told(pixels, syntax):
    with pytest.raises(PictureError, match="packed in a way"):
        open_picture(packed(pixels, b"\xff\xd8 whatever", "RGB", syntax))


def test_a_deflated_file_is_not_unpacked(pixels):
    with pytest.raises(PictureError, match="packed in a way"):
        open_picture(written(made(pixels, syntax=DeflatedExplicitVRLittleEndian)))


def test_a_file_without_a_picture(pixels):
    dataset = made(pixels)
    del dataset.PixelData
    with pytest.raises(PictureError, match="holds no picture"):
        open_picture(written(dataset))


def test_a_header_that_promises_more_than_there_is(pixels):
    with pytest.raises(PictureError, match="cut off or damaged"):
        open_picture(written(made(pixels, Rows=600)))
    with pytest.raises(PictureError, match="megapixels"):
        open_picture(written(made(pixels, Rows=65535, Columns=65535)))
    with pytest.raises(PictureError, match="cut off or damaged"):
        open_picture(written(made(pixels, NumberOfFrames=40)), page=30)
