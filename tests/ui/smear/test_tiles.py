from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from clinoscope.domain.smear import Cell
from clinoscope.domain.user import User
from clinoscope.ui.smear import tiles
from clinoscope.workflow.smear.gallery import Band


def painted(cell: Cell, light: int = 0, *, chosen: bool = False) -> QImage:
    room = QImage(60, 60, QImage.Format.Format_RGB32)
    room.fill(QColor("white"))
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor(100, 100, 100))
    painter = QPainter(room)
    tiles.paint_tile(painter, QRect(10, 10, 40, 40), cell, picture, light, chosen=chosen, current=False, printed=False)
    painter.end()
    return room


def test_a_header_says_how_many_and_what_is_left(app: object, make_cell: Callable[..., Cell]) -> None:
    cells = (make_cell(1), make_cell(2, reviewed=True))
    assert tiles.words(Band("band", "Band", cells, 0.125)) == ("Band", "2 · 12\u00a0% · 1 to review")
    assert tiles.words(Band("smudge", "Smudge", cells[1:])) == ("Smudge", "1")


def test_a_cell_is_spoken(make_cell: Callable[..., Cell]) -> None:
    assert tiles.spoken(make_cell(3, doubt=0.4), "Band") == "Cell 3, Band, not reviewed, doubt 40 percent"
    assert tiles.spoken(make_cell(3, reviewed=True), "Band") == "Cell 3, Band, reviewed"


def test_a_cell_added_by_hand_has_a_plus_and_is_said_so(app: object, make_cell: Callable[..., Cell]) -> None:
    cell = make_cell(3, doubt=0.1)
    drawn = replace(cell, seen=replace(cell.seen, drawn_by=User(id="u", name="Ada")))
    assert tiles.spoken(drawn, "Band") == "Cell 3, Band, added by hand, not reviewed, doubt 10 percent"
    badge = (36, 32)
    assert painted(cell).pixelColor(*badge) == QColor(100, 100, 100)
    assert painted(drawn).pixelColor(*badge) != QColor(100, 100, 100)


def test_doubt_is_a_bar_until_the_cell_is_reviewed(app: object, make_cell: Callable[..., Cell]) -> None:
    foot = (12, 47)
    assert painted(make_cell(1, doubt=0.9)).pixelColor(*foot) != painted(make_cell(1, doubt=0.1)).pixelColor(*foot)
    assert painted(make_cell(1, doubt=0.9, reviewed=True)).pixelColor(*foot) == QColor(100, 100, 100)


def test_light_changes_the_tile_alone(app: object, make_cell: Callable[..., Cell]) -> None:
    middle = (30, 30)
    cell = make_cell(1)
    dark, plain, bright = (painted(cell, light).pixelColor(*middle).red() for light in (-50, 0, 50))
    assert dark < plain < bright
    assert plain == 100
    assert painted(cell, 50).pixelColor(2, 2) == QColor("white")


def test_a_chosen_one_and_a_flagged_one_look_different(app: object, make_cell: Callable[..., Cell]) -> None:
    cell = make_cell(1)
    assert painted(cell, chosen=True) != painted(cell)
    assert painted(replace(cell, seen=replace(cell.seen, foreign=True))) != painted(cell)
