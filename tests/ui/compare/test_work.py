from __future__ import annotations

from collections.abc import Callable

from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.compare import work
from clinoscope.ui.shell import Shell


def test_a_lost_picture_costs_only_itself(
    shell: Shell, ada: Patient, add_exam: Callable[..., Exam], pallor: Callable[[float], Reading]
) -> None:
    first, second = add_exam(ada.id, 9, pallor(52)), add_exam(ada.id, 2, None)
    vault = shell.open_vault
    pair = work.load(vault, first, second)
    assert pair.before.raster is not None
    assert pair.after.raster is not None
    assert pair.plain.scale == 1
    assert second.picture is not None
    vault.pictures.path(second.picture.sha256).unlink()
    pair = work.load(vault, first, second)  # both have the same drawn picture
    assert pair.before.raster is None
    assert pair.before.problem == pair.after.problem != ""
    assert pair.laid is None
