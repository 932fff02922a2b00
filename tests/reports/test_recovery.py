from datetime import date

import cv2
import numpy as np
import pypdfium2

from clinoscope.reports import recovery_sheet_pdf
from clinoscope.reports.preview import render

CODE = "7K2M9-0QXTB-4WHJD-R8S3V-EP6N1"


def test_the_code_stands_there_in_letters_and_can_be_scanned() -> None:
    pdf = recovery_sheet_pdf(CODE, date(2026, 3, 1))
    page = pypdfium2.PdfDocument(pdf)[0]
    assert CODE in page.get_textpage().get_text_bounded()
    pixels = np.ascontiguousarray(render(pdf, 0, 1654))
    found, *_ = cv2.QRCodeDetector().detectAndDecode(pixels)
    assert found == CODE
