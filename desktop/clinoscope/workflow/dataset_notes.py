"""What stands in the README.txt of an exported training set."""

from __future__ import annotations

import textwrap
import tomllib
from datetime import datetime
from typing import TYPE_CHECKING

from clinoscope import __version__, modes
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.paths import MODELS
from clinoscope.workflow import labs

if TYPE_CHECKING:
    from clinoscope.workflow.export_dataset import Exported

_WIDTH = 100
_CELLS = ("neutrophil/type", "neutrophil/stage")

_PEOPLE = (
    "These are pictures of patients. Whoever holds them must not try to find out who they show, must not join them "
    "with other data to that end, and must not pass them on without the clinic's word. Names, numbers, birth dates, "
    "times, places, the cameras' names and all that picture files carry beside the picture were left behind. A "
    "profile, a rare skin, a tattoo, or words burned into a picture can still tell who it is: look through the "
    "pictures before they leave the clinic."
)
_CONSENT = (
    "Every patient in it had agreed to the use for training when it was made. Who takes that back later is left out of "
    "the next set, and stays in this one: ask the clinic for a new set from time to time, and train on the newest."
)
_OTHER_GROUND = (
    "The clinic has another legal ground for this use than each patient's consent, and whether a patient agreed was "
    "not looked at: the clinic answers for that."
)
_COLOURS = (
    "A picture whose colours were corrected, by the printed colour card in it or by the profile of its camera, leaves "
    "with the corrected colours: as the program read it."
)
_COLUMNS = (
    "labels.csv has one line per picture: path; label; group (one patient; pictures of one group never part between "
    "training and test); boxes (the regions in the picture's own pixels, [x, y, w, h] under the key region); camera "
    "(numbered, different in every export); hb_g_dl and hb_days (the haemoglobin nearest to the picture, and how many "
    "days after the picture it was drawn); model and answer (which package had read it, and what it had suggested); "
    "by_hand (1 for a white cell whose box a person drew)."
)


def recipes(done: Exported) -> tuple[str, ...]:
    """The recipes that came with the program and can train on the set, as paths from its folder: first the one that
    made the package which ships, and is called as its task.

    Haemoglobin labels the pictures of every task alike that looks at the same region: lips that were measured train
    a model that classifies lips.
    """
    region = modes.task(done.task).region
    found = []
    for path in sorted((MODELS / "recipes").glob("*.toml")):
        recipe = tomllib.loads(path.read_text(encoding="utf-8"))
        trained = modes.task(recipe["task"])
        alike = done.label_by == "hb" and trained.region == region and set(done.labels) <= set(recipe["labels"])
        if trained.id == done.task or alike:
            found.append(f"models/recipes/{path.name}")
    ours = f"models/recipes/{done.task.replace('/', '-')}.toml"
    return tuple(sorted(found, key=lambda path: (path != ours, path)))


def readme(done: Exported, now: datetime) -> str:
    """The whole text. It holds no name, no place and no day: the month is all it says of when."""
    name = modes.task(done.task).name
    parts = (
        f"Training set: {name} ({done.task}), {now:%Y-%m}, by Clinoscope {__version__}",
        *map(_wrapped, (_PEOPLE, _CONSENT if done.by_consent else _OTHER_GROUND)),
        _counts(done),
        _wrapped(_where_labels_come_from(done)),
        _wrapped(_COLUMNS),
        _wrapped(_COLOURS),
        _how_to_train(done),
        RESEARCH_ONLY,
    )
    return "\n\n".join(parts) + "\n"


def _counts(done: Exported) -> str:
    phantoms = f", {done.phantoms} of them drawn by the program and not of a patient" if done.phantoms else ""
    lines = [f"Pictures: {done.pictures} of {done.patients} patients{phantoms}."]
    lines += [f"    {label}: {count}" for label, count in done.labels.items()]
    if done.left_out:
        lines.append("Signed exams that were left out:")
        lines += [f"    {count}: {why}" for why, count in done.left_out.items()]
    return "\n".join(lines)


def _where_labels_come_from(done: Exported) -> str:
    signed = "Only exams that a clinician signed are in it, each in the version signed last; drafts are not."
    if done.label_by == "review":
        cells = " Cells of signed smears carry the class that a reader put them in." if done.task in _CELLS else ""
        return f"The label is what the clinician said in the review.{cells} {signed}"
    source, left_out = labs.anemia_notes()
    return (
        f"The label is anemic where the haemoglobin drawn within {done.hb_days} days of the picture lies under the "
        f"limit for the patient's age and sex, else not_anemic. Limits: {source} {left_out} {signed}"
    )


def _how_to_train(done: Exported) -> str:
    known = recipes(done) or ("RECIPE.toml",)
    lines = ["To train a model package on it (DIR is this folder, DIR2 a new one):"]
    lines += [f"    clinoscope train {path} --data DIR --out DIR2" for path in known]
    lines.append("A recipe needs pictures of at least as many patients of every label as it has folds (usually 5).")
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH)
