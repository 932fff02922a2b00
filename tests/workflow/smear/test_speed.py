"""What is timed is what it says: a whole field, and a smear of 2,000 decided cells."""

from clinoscope.capture.files import open_picture
from clinoscope.domain.record import Exam
from clinoscope.records import Vault
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.smear import speed
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.reading import read_field


def test_the_smear_that_is_opened_has_2000_decided_cells(vault: Vault) -> None:
    read = read_field(open_picture(phantom("neutrophil/cells")).pixels, phantom=True)
    exam: Exam = speed._filled(vault, read)
    bench = Bench(vault, exam)
    assert len(bench.cells) == speed.OPENED_CELLS
    assert all(cell.reviewed for cell in bench.cells)
    assert bench.counted >= 1600, "most are white cells of a known class"
