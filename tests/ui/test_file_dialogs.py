import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from clinoscope.paths import ROOT
from clinoscope.ui.file_dialogs import ask_folder, ask_open, ask_save, ask_several

TABLES = "Tables (*.csv)"


def the_dialog(parent: QWidget) -> QFileDialog:
    (dialog,) = parent.findChildren(QFileDialog)
    assert dialog.isVisible()
    return dialog


def test_a_file_to_open_is_there_and_of_any_kind(
    host: QWidget, tmp_path: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    chosen: list[Path] = []
    ask_open(host, "A list", TABLES, chosen.append, str(tmp_path))
    dialog = the_dialog(host)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFile
    assert dialog.nameFilters() == [TABLES, "All files (*)"]
    assert dialog.testOption(QFileDialog.Option.HideNameFilterDetails)
    dialog.fileSelected.emit(str(tmp_path / "list.csv"))
    assert chosen == [tmp_path / "list.csv"]
    dialog.reject()
    assert wait_for(lambda: not host.findChildren(QFileDialog))


def test_a_file_to_save_gets_the_suffix_of_the_name_that_is_offered(host: QWidget, tmp_path: Path) -> None:
    chosen: list[Path] = []
    ask_save(host, "Save the list", "list.csv", TABLES, chosen.append)
    dialog = the_dialog(host)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "csv"
    dialog.fileSelected.emit(str(tmp_path / "list.csv"))
    assert chosen == [tmp_path / "list.csv"]
    dialog.reject()


def test_one_file_or_more_and_the_next_dialog_begins_where_the_last_one_was(host: QWidget, tmp_path: Path) -> None:
    chosen: list[list[str]] = []
    ask_several(host, "Fields", TABLES, chosen.append)
    dialog = the_dialog(host)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    assert Path(dialog.directory().path()) != Path.cwd(), "nobody keeps files where the program lies"
    dialog.filesSelected.emit([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")])
    assert len(chosen[0]) == 2
    dialog.reject()
    dialog.setParent(None)
    ask_save(host, "Save the list", "list.csv", TABLES, lambda _: None)
    assert Path(the_dialog(host).directory().path()) == tmp_path


def test_a_folder_is_asked_for_and_the_next_dialog_begins_beside_it(host: QWidget, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    chosen: list[Path] = []

    def choose(folder: Path) -> None:
        chosen.append(folder)
        ask_folder(host, "Where what is made goes", chosen.append)

    first = ask_folder(host, "The pictures", choose, str(tmp_path))
    assert first.testOption(QFileDialog.Option.ShowDirsOnly)
    assert Path(first.directory().path()) == tmp_path
    first.selectFile(str(pictures))
    first.accept()
    assert chosen == [pictures]
    second = next(one for one in host.findChildren(QFileDialog) if one.isVisible())
    assert Path(second.directory().path()) == tmp_path, "it is remembered before the next one asks"
    second.reject()


def test_a_folder_that_is_no_more_is_not_begun_in(host: QWidget, tmp_path: Path) -> None:
    dialog = ask_folder(host, "The pictures", lambda _: None, str(tmp_path / "gone"))
    assert Path(dialog.directory().path()) != Path.cwd()
    dialog.reject()


def test_nothing_else_makes_dialogs_of_its_own() -> None:
    """By itself a dialog begins where the program lies, and shows lists of endings cut off."""
    for path in (ROOT / "desktop" / "clinoscope" / "ui").rglob("*.py"):
        if path.name != "file_dialogs.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"QFileDialog\(|QFileDialog\.get", text), path
