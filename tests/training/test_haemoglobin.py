import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.paths import RESOURCES
from clinoscope.regions import nails
from clinoscope.training import haemoglobin, nail_colour

SESSIONS, HANDS_OF_EACH = 9, 5


def write_data(folder: Path, follows: float, rng: np.random.Generator) -> Path:
    """The drawn hand many times, its nails as pink as its haemoglobin says, by the share ``follows``."""
    hand = cv2.imread(str(RESOURCES / "phantoms" / "nails.png"))
    hand = cv2.resize(hand, (480, 360), interpolation=cv2.INTER_AREA)
    region = nails.find(np.ascontiguousarray(hand[..., ::-1]))
    boxes = [[box.x, box.y, box.w, box.h] for box in region.boxes]
    beside = [[x + 2 * w, y, w, h] for x, y, w, h in boxes]
    place = folder / "anemia"
    place.mkdir(parents=True)
    with (place / "images.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "site", "group", "hb_g_dl", "boxes"])
        for number in range(SESSIONS * HANDS_OF_EACH):
            hb = float(rng.uniform(5, 17))
            pink = follows * hb + (1 - follows) * float(rng.uniform(5, 17))
            drawn = hand.astype(np.float32)
            for x, y, w, h in boxes:
                drawn[y : y + h, x : x + w, :2] *= 1.15 - 0.02 * pink
            drawn *= rng.uniform(0.85, 1.15, 3)  # every picture has its own lamp: only nail against skin tells
            noisy = np.clip(drawn + rng.normal(0, 2, drawn.shape), 0, 255).astype(np.uint8)
            cv2.imwrite(str(place / f"{number}.png"), noisy)
            told = json.dumps({"nail_xywh": boxes, "skin_xywh": beside})
            writer.writerow([f"{number}.png", "nail", f"day {number % SESSIONS}", f"{hb:.1f}", told])
        writer.writerow(["foot.png", "nail", "day 0", "", "{}"])
    return folder


def test_a_planted_signal_is_found_and_ships(tmp_path, rng):
    made = haemoglobin.figures(nail_colour.look(write_data(tmp_path, 1.0, rng)), seeds=1)
    assert made["ships"]
    assert made["hands"] + made["hands_without_a_nail"] == 45
    assert made["hands"] >= 43, "under a lamp far off a nail may be missed"
    assert made["sessions"] == 9
    ridge, flat = made["ways"]["ridge on colour against the skin"], made["ways"]["always the mean"]
    assert ridge["own_light"]["error_g_dl"]["value"] < 0.4 * flat["own_light"]["error_g_dl"]["value"]
    assert ridge["interval_width_g_dl"]["value"] < flat["interval_width_g_dl"]["value"]
    assert ridge["own_light"]["interval_coverage"]["value"] > 0.75
    assert ridge["auc_under_12"]["value"] > 0.95
    assert flat["moved_by_other_light_g_dl"] == 0


def test_no_signal_does_not_ship(tmp_path, rng):
    made = haemoglobin.figures(nail_colour.look(write_data(tmp_path, 0.0, rng)), seeds=1)
    assert not made["ships"]
    chosen = made["ways"]["chosen within the training part"]
    assert chosen["own_light"]["better_than_the_mean_g_dl"]["low"] < 0.1
    assert chosen["auc_under_12"]["low"] < 0.6


def test_a_signal_that_another_lamp_drowns_does_not_ship(rng):
    hb = rng.uniform(5, 17, 40)
    seen = np.stack([hb + shift for shift in (0.0, 4.0, -4.0)])[..., None]
    hands = nail_colour.Hands(hb, tuple(f"day {number % 8}" for number in range(40)), {"as it is": seen})
    made = haemoglobin.figures(hands, seeds=1)
    assert made["passed"] == {"own_light": True, "other_light": False}
    assert not made["ships"]
    ridge = made["ways"]["ridge on colour as it is"]
    assert ridge["moved_by_other_light_g_dl"] > 3
    assert ridge["other_light"]["interval_coverage"]["value"] < 0.5 < ridge["own_light"]["interval_coverage"]["value"]


def test_the_way_by_hand_drawn_boxes_is_never_the_one_that_ships(rng):
    hb = rng.uniform(5, 17, 40)
    lamps = 1 + len(nail_colour.GAINS)
    noise = rng.normal(0, 1, (lamps, 40, 6))
    seen = {"against skin": noise, "drawn": np.repeat(hb[None, :, None], lamps, axis=0)}
    hands = nail_colour.Hands(hb, tuple(f"day {number % 8}" for number in range(40)), seen)
    made = haemoglobin.figures(hands, seeds=1)
    by_hand = made["ways"]["ridge on colour against the skin, boxes drawn by hand"]
    assert by_hand["own_light"]["error_g_dl"]["value"] < 0.5
    assert not made["ships"]


def test_the_auc_counts_pairs_in_the_right_order():
    estimated = np.array([[8.0, 13.0, 10.0, 14.0]])
    auc = haemoglobin._auc(estimated, np.array([8.0, 11.0, 12.0, 15.0]), np.ones((1, 4)))
    assert auc[0] == pytest.approx(3 / 4)


def test_a_missing_list_is_a_sentence(tmp_path, capsys):
    assert haemoglobin.main([str(tmp_path)]) == 1
    assert "Give the folder that holds anemia/images.csv." in capsys.readouterr().err
    with pytest.raises(KnownError):
        nail_colour.look(tmp_path)
