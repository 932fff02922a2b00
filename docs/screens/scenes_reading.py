"""Scenes of an exam whose picture is taken: its region, its reading, and the signed report."""

from __future__ import annotations

from made_up_clinic import PASSWORD
from scenes_capture import exam_page
from stage import Scene, Stage


def show_exam(state: str, task: str, place: int = -1) -> Scene:
    """Goes to an exam of a task in a state, the newest unless told which."""

    def scene(stage: Stage) -> None:
        exam = stage.exam(state, task, place)
        stage.window.shell.set_context(next(one for one in stage.patients if one.id == exam.patient_id))
        stage.window.shell.go("exam", exam=exam)

    return scene


def heatmap(stage: Stage) -> None:
    show_exam("draft", "skin/lesion-photo")(stage)
    stage.settle()
    exam_page(stage).bench.reading.heat.toggle()
    stage.settle(3000)


def about_model(stage: Stage) -> None:
    show_exam("draft", "scalp/hair-loss")(stage)
    stage.settle()
    exam_page(stage).acts.show_about()


def sign(stage: Stage) -> None:
    show_exam("draft", "skin/lesion-photo")(stage)
    stage.settle()
    page = exam_page(stage)
    page.bench.reading.overrule("melanocytic_nevus")
    page.bench.reading.comment.setPlainText("Unchanged since last visit. Seen again in three months.")
    stage.settle()
    page.acts.ask_sign()
    stage.settle()
    assert page.acts.panel is not None
    page.acts.panel.password.setFocus()  # type: ignore[attr-defined]  # the signing panel's


def report(stage: Stage) -> None:
    exam_page(stage).acts.close_panel()
    show_exam("signed", "anemia/lip")(stage)
    stage.settle()
    exam_page(stage).acts.show_report()
    stage.settle(2000)


def amended(stage: Stage) -> None:
    """The first of two signed versions."""
    from clinoscope.workflow import exams

    vault = stage.window.shell.open_vault
    first = stage.exam("signed", "skin/lesion-photo")
    draft = exams.amend(vault, first, "Seen again by daylight.")
    exams.sign(vault, exams.review(vault, draft, "melanocytic_nevus", ""), PASSWORD)
    show_exam("signed", "skin/lesion-photo")(stage)


SCENES: dict[str, Scene] = {
    "region": show_exam("draft", "skin/lesion-dermoscopy"),
    "region-missing": show_exam("draft", "anemia/nail"),
    "reading": show_exam("draft", "skin/lesion-photo"),
    "reading-flag": show_exam("draft", "anemia/nail", 0),
    "reading-cannot-judge": show_exam("draft", "scalp/disease"),
    "reading-lips": show_exam("draft", "anemia/lip"),
    "reading-smear": show_exam("draft", "neutrophil/cells"),
    "heatmap": heatmap,
    "about-model": about_model,
    "sign": sign,
    "report": report,
    "signed": show_exam("signed", "anemia/lip"),
    "amended": amended,
}
