"""PDF reports: of a signed exam, and of an evaluation. Bytes out; nothing is written here."""

from clinoscope.reports.evaluation import EvaluationReport, evaluation_pdf
from clinoscope.reports.exam import ExamReport, exam_pdf

__all__ = ["EvaluationReport", "ExamReport", "evaluation_pdf", "exam_pdf"]
