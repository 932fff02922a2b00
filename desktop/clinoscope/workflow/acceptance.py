"""The site acceptance test: is a model right on this clinic's camera, stain and people?

Until a site has passed it, every reading of the model carries *not validated here*.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow.criteria import Criterion, Met, Outcome
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.inference.card import Package
    from clinoscope.records import Vault
    from clinoscope.workflow.acceptance_figures import Entry
    from clinoscope.workflow.labelled import Labelled, Progress

JSON_FILE, READINGS_FILE, PDF_FILE = "acceptance.json", "readings.csv", "validation.pdf"


CAUTION = "It is read with caution: no surer than it may be at a laboratory it has never seen."


class State(StrEnum):
    """What the clinic's own tests say of a package; the value is what stands on a reading."""

    NOT_TESTED = "not validated here"
    PASSED = "validated here"
    FAILED = "failed here"


@dataclass(frozen=True)
class Standing:
    """Where a package stands at this site.

    ``sentence`` is for people and complete in itself; ``at`` and ``by`` say when and by whom it was
    tested last (None and "" when never). ``labels`` are the ids of the labels the test that decided
    had enough pictures of; empty when it has not been passed, or where there are no labels.
    """

    state: State
    sentence: str
    at: datetime | None = None
    by: str = ""
    labels: tuple[str, ...] = ()


def standing(vault: Vault, model: ModelRef) -> Standing:
    """What this site's tests say of exactly this package. Raises VaultError.

    The last test that could decide counts; one with too few pictures overturns nothing. A package that
    counts cells stands where the package that types them stands: it is tested through it.
    """
    from clinoscope.records import acceptances
    from clinoscope.workflow import models

    info = models.find(model)
    if info is None or info.kind is not Kind.COUNT or not info.uses:
        found = standing_of(acceptances.tests(vault.settings, model.sha256))
        if info is None or info.caution is None or found.state is State.PASSED:
            return found
        return replace(found, sentence=f"{found.sentence} {CAUTION}")
    types = info.uses[0]
    found = standing(vault, ModelRef(types.name, types.version, types.sha256))
    return replace(found, sentence=f"Tested through the types of its cells, not the finding of them. {found.sentence}")


def validated(vault: Vault, model: ModelRef) -> bool:
    """Whether exactly this package passed this site's test: it is then read without its caution. Raises VaultError."""
    return standing(vault, model).state is State.PASSED


def standing_of(tests: tuple[Mapping[str, Any], ...]) -> Standing:
    """The standing that these tests of one package give, the oldest first."""
    if not tests:
        return Standing(State.NOT_TESTED, "Not validated here: nobody has tested it on this clinic's own pictures.")
    decided = [test for test in tests if test["outcome"] != Outcome.TOO_FEW]
    last = decided[-1] if decided else tests[-1]
    state = {Outcome.PASSED: State.PASSED, Outcome.NOT_PASSED: State.FAILED}.get(last["outcome"], State.NOT_TESTED)
    at = datetime.fromisoformat(last["at"])
    how = f"{last['n']} pictures, {at.astimezone().date().isoformat()}, {last['by']}"
    words = {
        State.NOT_TESTED: f"Not validated here: tested with too few pictures to say ({how}).",
        State.PASSED: f"Validated here ({how}).",
        State.FAILED: f"Failed here: it did not pass this clinic's own test ({how}).",
    }
    sentence = words[state]
    untested = last.get("untested", ())
    if state is State.PASSED and untested:
        sentence += f" Not tested here, for want of pictures: {', '.join(untested)}."
    labels = tuple(last.get("labels", ())) if state is State.PASSED else ()
    return Standing(state, sentence, at, last["by"], labels)


@dataclass(frozen=True, eq=False)
class Acceptance:
    """One test: ``figures`` as ``acceptance.json`` holds them, ``report`` the validation PDF's place.

    ``recorded`` is whether a vault keeps the outcome.
    """

    task: Task
    model: ModelRef
    outcome: Outcome
    criteria: tuple[Criterion, ...]
    figures: Mapping[str, Any]
    report: Path
    recorded: bool


@dataclass(frozen=True, eq=False)
class Made:
    """A test that is made, and neither written nor recorded: ``files`` are to be, by name."""

    task: Task
    model: ModelRef
    outcome: Outcome
    criteria: tuple[Criterion, ...]
    figures: Mapping[str, Any]
    files: Mapping[str, bytes]


def run(
    task: Task, labels: Path, out: Path, progress: Progress, *, vault: Vault | None = None, by: str = ""
) -> Acceptance:
    """Test a task's package on labelled pictures, write the report to ``out`` and the outcome into the vault.

    Who can be asked for another place calls ``make`` and ``keep`` instead. Raises what those raise, and LabelsError
    before the long work for a folder that cannot be written to.
    """
    there = writable(out)
    return keep(make(task, labels, progress, vault=vault, by=by), out, vault=vault, there=there)


def writable(out: Path) -> Path:
    """The folder of ``out`` that is there already. Raises LabelsError where nothing can be written."""
    from clinoscope.workflow.labelled import check_writable

    return check_writable(out, "validation report")


def make(task: Task, labels: Path, progress: Progress, *, vault: Vault | None = None, by: str = "") -> Made:
    """Test a task's package on labelled pictures: the long part.

    ``labels`` is a CSV or a folder, see ``labelled.read_labels``. ``by`` names who tests where there is no vault.
    Raises NotAllowed, LabelsError, PackageError, VaultError, and what ``progress`` raises.
    """
    from clinoscope.inference import packages
    from clinoscope.workflow import acceptance_figures
    from clinoscope.workflow.labelled import LabelsError, read_labels

    if vault is not None:
        require(vault, Act.ACCEPTANCE)
    if task.kind is Kind.COUNT:
        raise LabelsError(f"{task.id} counts cells by their type: test neutrophil/type on pictures of single cells.")
    rows = read_labels(labels, task)
    package = packages.for_task(task.id)
    left_out: Counter[str] = Counter()
    entries = _entries(task, package, rows, labels, progress, left_out)
    figures, criteria, outcome = acceptance_figures.judged(task, package, entries)
    figures = {
        "task": task.id,
        "model": asdict(package.ref),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": vault.user.name if vault is not None else by,
        "outcome": str(outcome),
        "criteria": [asdict(criterion) for criterion in criteria],
        "earlier": _earlier(vault, package.ref),
        "rehearsal": vault is None,
        **_read(entries, left_out),
        **figures,
    }
    return Made(task, package.ref, outcome, criteria, figures, _files(task, package.ref, figures, entries))


def keep(made: Made, out: Path, *, vault: Vault | None = None, there: Path | None = None) -> Acceptance:
    """Write a test's report to ``out`` and its outcome into the vault; may be tried again, elsewhere, when it fails.

    ``out`` receives acceptance.json, readings.csv and validation.pdf, all or none; ``there`` is what ``writable`` said
    of it before the long work. A test that could not be made is not recorded. Raises LabelsError, VaultError.
    """
    from clinoscope.records.files import why_not
    from clinoscope.workflow.files import write_together
    from clinoscope.workflow.labelled import LabelsError

    there = there or writable(out)
    try:
        if not there.is_dir():  # not made anew: where a stick was pulled out it would lie on the disk beneath
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(there))
        write_together(out, made.files)
    except OSError as error:
        raise LabelsError(
            f"The validation report cannot be written to {out}. {why_not(error, there)} Nothing was recorded."
        ) from None
    recorded = vault is not None and made.outcome is not Outcome.NO_TEST
    if vault is not None and recorded:
        _record(vault, made)
    return Acceptance(made.task, made.model, made.outcome, made.criteria, made.figures, out / PDF_FILE, recorded)


def _entries(
    task: Task, package: Package, rows: list[Labelled], labels: Path, progress: Progress, left_out: Counter[str]
) -> tuple[Entry, ...]:
    """All pictures of the list, read; ``left_out`` counts those that are not. Raises LabelsError when none is."""
    from clinoscope.inference import packages
    from clinoscope.workflow import acceptance_figures
    from clinoscope.workflow.labelled import LEARNED, LabelsError, folder_of, seen

    pictures = seen(task, rows, folder_of(labels), progress, left_out, packages.learned(package))
    entries = acceptance_figures.collected(pictures, task)
    if not entries and left_out[LEARNED]:
        raise LabelsError(
            f"{package.ref.shown} was fitted to every picture of this list. Test it on others, of other people or "
            "slides."
        )
    if not entries:
        raise LabelsError(f"Not one picture of {labels} could be opened. Paths are relative to it.")
    if any(entry.reading.model != package.ref for entry in entries):
        raise LabelsError("Another package was taken into use while the test ran. Start the test again.")
    return entries


def _read(entries: Sequence[Entry], left_out: Counter[str]) -> dict[str, Any]:
    """What the report says of the list: which pictures they were, and how many were left out for which reason."""
    from clinoscope.workflow.acceptance_figures import fingerprint
    from clinoscope.workflow.labelled import COPY, LEARNED, UNREADABLE

    return {
        "unreadable": left_out[UNREADABLE],
        "copies": left_out[COPY],
        "learned": left_out[LEARNED],
        "pictures_sha256": fingerprint(entries),
    }


def _files(task: Task, model: ModelRef, figures: Mapping[str, Any], entries: Sequence[Entry]) -> dict[str, bytes]:
    """The files of a test, by name; readings only of a task that has labels."""
    from clinoscope import reports
    from clinoscope.workflow.evaluate import readings_csv

    files = {
        JSON_FILE: (json.dumps(figures, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode(),
        PDF_FILE: reports.acceptance_pdf(reports.AcceptanceReport(task, model, figures)),
    }
    if task.kind is Kind.CLASSIFY:
        read = [entry.reading for entry in entries]
        files[READINGS_FILE] = readings_csv(task, [entry.row for entry in entries], read).encode()
    return files


def last_criteria(vault: Vault, model: ModelRef) -> tuple[Criterion, ...] | None:
    """How the newest test of a package met each criterion; None when there was none. Raises VaultError."""
    from clinoscope.records import acceptances

    tests = acceptances.tests(vault.settings, model.sha256)
    if not tests:
        return None
    return tuple(
        Criterion(one["name"], one["asked"], one["found"], Met(one["met"]), one["reason"])
        for one in tests[-1].get("figures", {}).get("criteria", ())
    )


def last_report(vault: Vault, task: Task, model: ModelRef) -> bytes | None:
    """The validation report of the newest test of a package, drawn again from what the vault keeps of it."""
    from clinoscope import reports
    from clinoscope.records import acceptances

    tests = acceptances.tests(vault.settings, model.sha256)
    if not tests:
        return None
    return reports.acceptance_pdf(reports.AcceptanceReport(task, model, tests[-1]["figures"]))


def _earlier(vault: Vault | None, model: ModelRef) -> list[dict[str, Any]]:
    """What the report says of earlier tests of the same package: trying until it passes must be seen."""
    from clinoscope.records import acceptances

    if vault is None:
        return []
    names = ("at", "by", "outcome", "n")
    return [{name: test[name] for name in names} for test in acceptances.tests(vault.settings, model.sha256)]


def _record(vault: Vault, made: Made) -> None:
    from clinoscope.records import acceptances

    task, figures = made.task, made.figures
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in made.files.items()}
    test = {
        "task": task.id,
        "model": str(made.model),
        "at": figures["at"],
        "by": figures["by"],
        "outcome": figures["outcome"],
        "n": figures["n"],
        "labels": figures.get("tested", []),
        "untested": [task.label_name(label) for label in figures.get("untested", [])],
        "files": hashes,
        "figures": figures,
    }
    details = {"task": task.id, "outcome": figures["outcome"], "n": figures["n"], "report": hashes[PDF_FILE]}
    vault.run(acceptances.add(made.model.sha256, test, details))
