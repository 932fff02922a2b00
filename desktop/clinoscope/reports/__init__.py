"""PDF reports: of a signed exam, of a smear, an evaluation, a site's own test. Bytes out; nothing is written here."""

from clinoscope.reports.acceptance import AcceptanceReport, acceptance_pdf
from clinoscope.reports.evaluation import EvaluationReport, evaluation_pdf
from clinoscope.reports.exam import ExamReport, exam_pdf
from clinoscope.reports.recovery import recovery_sheet_pdf
from clinoscope.reports.smear import GalleryCell, SmearReport, smear_pdf

__all__ = [
    "AcceptanceReport",
    "EvaluationReport",
    "ExamReport",
    "GalleryCell",
    "SmearReport",
    "acceptance_pdf",
    "evaluation_pdf",
    "exam_pdf",
    "recovery_sheet_pdf",
    "smear_pdf",
]
