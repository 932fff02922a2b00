import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import features
from clinoscope.training.data import Row
from clinoscope.training.gather import gather


def test_a_picture_without_a_region_is_left_out_and_counted(spots_recipe, spots_folder):
    paths = sorted(spots_folder.glob("melanoma/*/*.png"))[:2]
    rows = [Row(path, "melanoma", "one", "own") for path in paths]
    assert gather(spots_recipe, rows, "lesion").without_region == 0
    found = gather(spots_recipe, rows, "lips")
    assert (found.rows, found.without_region) == ((), 2)


def test_every_file_that_is_no_picture_is_named_at_once(spots_recipe, spots_folder, tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    good = Row(next(spots_folder.glob("melanoma/*/*.png")), "melanoma", "one", "own")
    bad = [Row(tmp_path / name, "melanoma", "one", "own") for name in ("text.png", *(f"{n}.png" for n in range(5)))]
    with pytest.raises(KnownError, match=r"text\.png, .*/3\.png and 1 more are not pictures that can be read"):
        gather(spots_recipe, [bad[0], good, *bad[1:]], "lesion")
    with pytest.raises(KnownError, match=r"text\.png is not a picture"):
        gather(spots_recipe, bad[:1], "lesion")


def test_a_picture_that_is_open_already_is_not_looked_at_again(spots, spots_recipe, monkeypatch):
    monkeypatch.setattr(features, "open_subject", lambda *given: pytest.fail("opened again"))
    again = gather(spots_recipe, spots.rows[:3], "lesion", done=spots)
    assert all(one is other for one, other in zip(again.subjects, spots.subjects, strict=False))
