"""The counting package beside a fitted one; the fitted package itself is tested with ``workflow.adapt``."""

from pathlib import Path

from clinoscope.domain.reading import ModelRef
from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.workflow.adapted_package import works_with, write_counting


def test_counting_goes_on_with_the_fitted_package_and_the_other_stays(tmp_path: Path, site: Path) -> None:
    base = packages.load(MODELS / "neutrophil" / "type")
    (counting,) = works_with(base, site)
    assert counting.task == "neutrophil/cells"
    fitted = ModelRef("neutrophil-type", "2.0.0+site.abcdef", "ab" * 32)
    made = packages.load(write_counting(tmp_path / "made", counting, base, fitted, site))
    uses = {use.task: (use.version, use.sha256) for use in made.uses}
    assert uses["neutrophil/type"] == (fitted.version, fitted.sha256)
    assert uses["neutrophil/stage"] == next((u.version, u.sha256) for u in counting.uses if u.task.endswith("stage"))
    assert made.version.startswith(f"{counting.version}+site.")
    assert made.adapted_from == counting.sha256
    again = packages.load(write_counting(tmp_path / "again", counting, base, fitted, site))
    assert again.sha256 == made.sha256


def test_what_no_counting_package_reads_with_has_none(site: Path) -> None:
    assert list(works_with(packages.load(MODELS / "skin" / "rash"), site)) == []
