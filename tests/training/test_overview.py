import shutil

from clinoscope.training.overview import overview


def test_the_table_names_every_package_and_its_figures(spots_package, tmp_path):
    shutil.copytree(spots_package, tmp_path / "skin" / "lesion-photo")
    page = overview(tmp_path)
    row = next(line for line in page.splitlines() if "drawn-spots 0.1.0" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[0] == "`skin/lesion-photo`"
    assert cells[2] == "tiny"
    assert 0 <= float(cells[4]) < 100
