from PySide6.QtGui import QFont, QTextCursor
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.prose import Prose

CARD = "# lip-pallor\n\nWhat `it` is.\n\n## Figures\n\n| measure | value |\n|---|---|\n| accuracy | 0.57 |\n"


def test_markdown_is_set_in_our_own_type(host: QWidget) -> None:
    prose = Prose("Model card")
    prose.setParent(host)
    prose.set_markdown(CARD)
    assert prose.toPlainText() == "", "nobody sees it yet"
    prose.show()
    assert "lip-pallor" in prose.toPlainText()
    sizes, families = set(), set()
    block = prose.document().begin()
    while block.isValid():
        place = block.begin()
        while not place.atEnd():
            font = place.fragment().charFormat().font()
            sizes.add((block.blockFormat().headingLevel(), font.pixelSize()))
            families.update(font.families())
            place += 1
        block = block.next()
    assert {(1, theme.SIZES["title"]), (2, theme.SIZES["heading"])} <= sizes
    assert families == {theme.FAMILY}
    cursor = QTextCursor(prose.document())
    while cursor.currentTable() is None and cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
        pass
    assert cursor.currentTable().format().borderBrush().color() == theme.color("line")


def test_bold_is_no_bolder_than_the_type_has(host: QWidget) -> None:
    prose = Prose("Model card")
    prose.setParent(host)
    prose.set_markdown("**Trained on:** 579 photographs.")
    prose.show()
    cursor = QTextCursor(prose.document())
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    assert cursor.charFormat().fontWeight() == QFont.Weight.DemiBold


def test_a_long_command_is_broken_and_not_scrolled_to(host: QWidget) -> None:
    prose = Prose("Model card")
    prose.setParent(host)
    prose.resize(400, 300)
    prose.set_markdown("# Card\n\n```\n" + "clinoscope train RECIPE --data DIR " * 8 + "\n```\n")
    prose.show()
    assert prose.document().size().width() <= prose.viewport().width()
    assert not prose.horizontalScrollBar().isVisible()


def test_it_follows_the_theme(host: QWidget) -> None:
    prose = Prose("Model card")
    prose.setParent(host)
    prose.set_markdown(CARD)
    theme.set_appearance(theme.Appearance.DARK)
    prose.show()  # what is not shown follows when it is
    (table,) = prose.document().rootFrame().childFrames()
    assert table.format().borderBrush().color() == theme.color("line")
    assert "0.57" in prose.toPlainText()
