import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import ModelRef
from clinoscope.inference.install import Added
from clinoscope.ui.pages.models import ModelsPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import models
from clinoscope.workflow.models import Installed

GOOD = Installed("skin/rash", ModelRef("rash", "1.0.0", "0" * 64), Path(), "Right 7 times in 10 when it answers.", ())
OWN = Installed("skin/rash", ModelRef("rash", "2.0.0", "2" * 64), Path("p"), "", (), shipped=False, in_use=False)
BAD = Installed("anemia/nail", None, Path(), "", ("weights.tflite has been changed: install the package again.",))


@pytest.fixture
def there() -> list[Installed]:
    # What is installed differs from checkout to checkout; what the page does with it must not.
    return [GOOD, OWN, BAD]


@pytest.fixture
def page(shell: Shell, at_once: None, monkeypatch: pytest.MonkeyPatch, there: list[Installed]) -> ModelsPage:
    monkeypatch.setattr(models, "installed", lambda: tuple(there))
    monkeypatch.setattr(models, "card", lambda entry: f"# Card of {entry.task}")
    made = ModelsPage(shell)
    made.resize(1200, 700)
    made.show()
    made.enter()
    return made


def rows(page: ModelsPage) -> list[tuple[str, tuple[str, str] | None]]:
    return [(row.texts[0], row.chip) for row in page.rows.rows()]


def test_in_the_order_of_the_modes_each_with_its_state(page: ModelsPage) -> None:
    assert rows(page)[:3] == [
        ("Anemia · Nail photo", ("Altered", "danger")),
        ("Skin · Rash", ("In use", "accent")),
        ("Skin · Rash", ("Not in use", "ink")),
    ]
    assert [row.below for row in page.rows.rows()][1:3] == ["rash 1.0.0 · shipped", "rash 2.0.0 · installed here"]


def test_an_altered_package_names_its_problem(page: ModelsPage) -> None:
    assert page.problems.isVisible()
    assert page.problems.text().splitlines() == [
        BAD.problems[0][0].upper() + BAD.problems[0][1:],
        "It is in use, so no reading can be made: install Clinoscope again, or use another one."
        if BAD.in_use
        else "It cannot be used: install Clinoscope again.",
    ]
    page.rows.select(1)
    assert not page.problems.isVisible()
    assert page.figures.text() == GOOD.figures
    assert "Card of skin/rash" in page.card.toPlainText()


def test_an_altered_package_of_the_clinics_says_whether_readings_wait_for_it(
    page: ModelsPage, there: list[Installed]
) -> None:
    for in_use, told in (
        (True, "so no reading can be made: install it again, or use"),
        (False, "again, or remove it."),
    ):
        there[:] = [replace(OWN, in_use=in_use, problems=("the file model.tflite was changed.",))]
        page.enter()
        page.rows.select(0)
        assert page.problems.text().startswith("The file model.tflite was changed.\nIt ")
        assert told in page.problems.text()


def test_what_nobody_has_trained_is_told_class_by_class(page: ModelsPage) -> None:
    place = [text for text, _ in rows(page)].index("Blood smear · Neutrophil inclusions")
    assert page.rows.rows()[place].chip == ("Not trained", "ink")
    page.rows.select(place)
    assert "clinoscope train" in page.figures.text()
    assert not page.use.isVisible()
    assert not page.remove.isVisible()
    for label in modes.task("neutrophil/abnormality").labels:
        assert f"{label.name}: not trained" in page.card.toPlainText()


def test_only_what_can_be_done_is_offered(page: ModelsPage) -> None:
    page.rows.select(1)
    assert (page.use.isVisible(), page.remove.isVisible()) == (False, False), "shipped and in use"
    page.rows.select(2)
    assert (page.use.isVisible(), page.remove.isVisible()) == (True, True)


def test_the_other_parts_are_of_the_chosen_package(page: ModelsPage) -> None:
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel
    from clinoscope.ui.pages.agreement_panel import AgreementPanel

    page.rows.select(1)
    assert page.card.isVisible()
    for step, kind in ((Qt.Key.Key_Right, AcceptancePanel), (Qt.Key.Key_Right, AgreementPanel)):
        focus = page.part.focusProxy()
        assert focus is not None
        QTest.keyClick(focus, step)
        (panel,) = page.findChildren(kind)
        assert panel.isVisible()
        assert not page.card.isVisible()
    page.rows.select(len(page.rows.rows()) - 1)
    assert page.card.isVisible(), "what is not trained has neither"
    assert not page.part.isVisible()
    page.rows.select(1)
    assert page.findChildren(AgreementPanel)[0].isVisible(), "the part stays from package to package"


def test_it_comes_up_with_the_model_of_a_task_over_time(page: ModelsPage) -> None:
    from clinoscope.ui.pages.agreement_panel import AgreementPanel

    page.enter(task="skin/rash")
    current = page.rows.current()
    assert current is not None
    assert current.key == "0" * 64, "the one in use"
    assert page.findChildren(AgreementPanel)[0].isVisible()
    page.enter()
    assert page.rows.current() is not None
    assert page.rows.currentIndex().row() == 1, "it stays where it was"


def test_using_another_one_says_so_and_stays_on_it(
    page: ModelsPage, shell: Shell, there: list[Installed], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    shell.said.connect(said.append)

    def use(entry: Installed, vault: object) -> None:
        there[:] = [dataclasses.replace(GOOD, in_use=False), dataclasses.replace(entry, in_use=True), BAD]

    monkeypatch.setattr(models, "use", use)
    page.rows.select(2)
    page.use.click()
    assert said == ["Skin · Rash: readings are made with rash 2.0.0 now."]
    current = page.rows.current()
    assert current is not None
    assert (current.key, current.chip) == ("2" * 64, ("In use", "accent"))
    assert not page.use.isVisible()


def test_a_refusal_is_a_banner(page: ModelsPage, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))

    def use(_entry: Installed, vault: object) -> None:
        raise PackageError("It is not whole.")

    monkeypatch.setattr(models, "use", use)
    page.rows.select(2)
    page.use.click()
    assert warned == ["It is not whole."]
    assert page.use.isEnabled()


def test_a_choice_that_leads_nowhere_is_a_banner(
    page: ModelsPage, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))
    monkeypatch.setattr(models, "choice_problems", lambda: ["It is not there any more.", "Nor this."])
    page.enter()
    assert warned == ["It is not there any more. Nor this."]


def test_removing_asks_once(page: ModelsPage, there: list[Installed], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "remove", lambda entry, vault: there.remove(entry))
    page.rows.select(2)
    page.remove.click()
    assert page.remove_panel.isVisible()
    assert page.remove_panel.what.text() == "rash 2.0.0"
    page.remove_panel.keep.click()
    assert OWN in there
    page.remove.click()
    page.remove_panel.button.click()
    assert there == [GOOD, BAD]
    assert "rash 2.0.0 · installed here" not in [row.below for row in page.rows.rows()]


def test_a_dropped_zip_is_installed_and_shown(
    page: ModelsPage, tmp_path: Path, there: list[Installed], monkeypatch: pytest.MonkeyPatch
) -> None:
    new = dataclasses.replace(OWN, model=ModelRef("rash", "3.0.0", "3" * 64))
    got: list[Path] = []

    def install(source: Path, progress: object, vault: object) -> Added:
        got.append(source)
        there.append(new)
        assert new.model is not None
        return Added(new.task, new.model, new=True, in_use=False)

    monkeypatch.setattr(models, "install", install)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "stick.zip"))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert got == [tmp_path / "stick.zip"]
    current = page.rows.current()
    assert current is not None
    assert current.key == "3" * 64


def test_words_dragged_over_the_page_are_not_taken(page: ModelsPage) -> None:
    mime = QMimeData()
    mime.setText("words")
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    page.dragEnterEvent(event)
    assert not event.isAccepted()
