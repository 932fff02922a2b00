import numpy as np

from clinoscope.reports import ExamReport, exam_pdf
from clinoscope.reports.preview import page_count, render


def test_a_page_is_shown_at_the_asked_width(report: ExamReport) -> None:
    pdf = exam_pdf(report)
    assert page_count(pdf) == 1
    page = render(pdf, 0, 700)
    assert page.dtype == np.uint8
    assert abs(page.shape[1] - 700) <= 1
    assert 1.40 < page.shape[0] / page.shape[1] < 1.43, "A4"
    assert page[2, 2].tolist() == [255, 255, 255], "paper is white"
    assert page.min() < 60, "something is printed"
