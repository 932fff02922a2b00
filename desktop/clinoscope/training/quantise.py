"""One network as float32, float16 and int8 LiteRT files, measured side by side, and which of them ships.

``python -m clinoscope.training.quantise MODEL.tflite`` prints the megabytes that opening and running the file
adds to a fresh process, or null where the system does not say: ``compare`` starts it for every form.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.task import Kind
from clinoscope.inference import network, packages
from clinoscope.inference.calibration import softmax
from clinoscope.inference.card import FORMAT, Input, Package
from clinoscope.inference.metrics import Readings, measure

COMPARISON_FILE = "comparison.json"
"""In a package folder: what ``dumps`` says; named in the package's files like any other."""

FormName = Literal["float32", "float16", "int8"]
FORMS: tuple[FormName, ...] = ("float32", "float16", "int8")

REPRESENTATIVE = 100
"""Training squares whose activations set the ranges of int8; the converter's guide names 100 to 500."""
TURNS = 30
"""Timed runs of every form, after one that is not counted."""

ACCURACY_LOST = 0.005
SAME_ANSWERS = 0.98
CALIBRATION_LOST = 0.01
"""Rise of the expected calibration error that counts as none: so much comes of pictures that change bins by a hair."""
EMBEDDING_LOST = 0.05
"""Mean distance of the embedding from that of Keras, as a share of its length: flags that read it were fitted on the
embeddings of Keras, and go by distances."""
FASTER = 0.9
"""A form that takes more than this share of the time of float16 is not faster: the clock is no better than that."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One LiteRT file of a network, against the network in Keras on the same held-out squares.

    ``same_answers`` is the share of squares with the same likeliest label; ``embedding_lost`` how far the
    embedding strays (see ``EMBEDDING_LOST``); ``milliseconds`` the median processor time of one picture on one
    thread; ``memory_mb`` what opening and running the file adds to a fresh process, None where that is not
    measured (not Linux).
    """

    form: FormName
    bytes: int
    milliseconds: float
    memory_mb: float | None
    accuracy: float
    balanced_accuracy: float
    ece: float
    same_answers: float
    embedding_lost: float


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a package does with a network beside its answers.

    ``embedding``: a flag reads the embedding. ``other_head``: a site may put another last layer into the file
    (``inference.linear_head``), which knows whole numbers as little as whole packages with a screening flag do.
    """

    embedding: bool = True
    other_head: bool = True


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The forms of a network, all from one run; ``chosen`` ships, for ``reason``.

    ``keras_milliseconds`` is the median time of ``keras.Model.predict`` for one picture, in turn with the forms,
    by the clock on the wall and on every core it takes; ``keras_accuracy`` on the same ``pictures``. ``contents``
    are the files themselves, by form; empty when read back from ``COMPARISON_FILE``.
    """

    forms: tuple[Form, ...]
    chosen: FormName
    reason: str
    keras_milliseconds: float
    keras_accuracy: float
    pictures: int
    contents: Mapping[FormName, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def content(self) -> bytes:
        """The file of the chosen form. Raises KeyError when read back from ``COMPARISON_FILE``."""
        return self.contents[self.chosen]


def dumps(comparison: Comparison) -> bytes:
    """The comparison as the JSON of ``COMPARISON_FILE``."""
    document = asdict(replace(comparison, contents={}))
    del document["contents"]
    return json.dumps(document, indent=1).encode()


def loads(content: bytes) -> Comparison:
    """What ``dumps`` wrote. Raises msgspec.ValidationError or msgspec.DecodeError for anything else."""
    return msgspec.json.decode(content, type=Comparison)


def compare(
    model: Any,
    squares: Pixels,
    truth: NDArray[np.intp],
    *,
    representative: Pixels,
    temperature: float = 1.0,
    turns: int = TURNS,
    needs: Needs | None = None,
) -> Comparison:
    """Convert the network three ways and measure every form on held-out squares.

    ``model`` is that of ``export.network``; ``squares`` (n, size, size, 3) held-out pictures, RGB 0..255, as the
    network sees them, and ``truth`` (n,) their labels' indices; ``representative`` (m, size, size, 3) squares of
    training. ``temperature`` is that of the calibration; ``needs`` as for ``choose``.
    """
    full = _outputs_of_keras(model, squares)
    with _saved(model) as folder:
        contents = {form: _converted(folder, form, representative) for form in FORMS}
    labels = full["logits"].shape[1]
    loaded = {form: _package(content, squares.shape[1], labels) for form, content in contents.items()}
    times, by_keras = _times(model, loaded, squares[0], turns)
    forms = []
    for form, package in loaded.items():
        outputs = [network.run(package, square) for square in squares]
        logits = np.stack([output.logits for output in outputs])
        embedding = np.stack([output.embedding for output in outputs])
        figures = _figures(logits, truth, temperature)
        forms.append(
            Form(
                form=form,
                bytes=len(contents[form]),
                milliseconds=round(times[form], 3),
                memory_mb=peak_megabytes(contents[form]),
                same_answers=float((logits.argmax(axis=1) == full["logits"].argmax(axis=1)).mean()),
                embedding_lost=_strays(embedding, full["embedding"]),
                **figures,
            )
        )
    chosen, reason = choose(forms, needs or Needs())
    return Comparison(
        forms=tuple(forms),
        chosen=chosen.form,
        reason=reason,
        keras_milliseconds=round(by_keras, 2),
        keras_accuracy=_figures(full["logits"], truth, temperature)["accuracy"],
        pictures=len(squares),
        contents=contents,
    )


def choose(forms: Sequence[Form], needs: Needs) -> tuple[Form, str]:
    """The form that ships, and why: float16, unless another is as good and faster.

    As good: accuracy within 0.5 points of float16, the answers of Keras on 98 % of the pictures, no worse
    calibrated, and what else the package ``needs``. Of those that are faster, the fastest. Raises ValueError
    without a float16 form.
    """
    half = next((form for form in forms if form.form == "float16"), None)
    if half is None:
        raise ValueError("a comparison always has a float16 form")
    others = [form for form in forms if form is not half and form.milliseconds <= FASTER * half.milliseconds]
    if not others:
        return half, "float16: no other form was faster by a tenth or more."
    good = [form for form in others if not _against(form, half, needs)]
    if good:
        best = min(good, key=lambda form: form.milliseconds)
        return best, (
            f"{best.form}: as good as float16 on the same pictures and faster "
            f"({best.milliseconds:.1f} against {half.milliseconds:.1f} ms)."
        )
    told = [f"{form.form} was faster ({form.milliseconds:.1f} ms) but {_against(form, half, needs)}" for form in others]
    return half, f"float16: {'; '.join(told)}."


def convert(model: Any, form: FormName, representative: Pixels | None = None) -> bytes:
    """The network as a LiteRT file with a batch of one; float pictures in and float numbers out in every form.

    int8 has whole-number weights and activations, their ranges taken from up to 100 of the
    ``representative`` squares (m, size, size, 3). Raises ValueError for int8 without any.
    """
    with _saved(model) as folder:
        return _converted(folder, form, representative)


@contextmanager
def _saved(model: Any) -> Iterator[Path]:
    """The model as TensorFlow saves it, in a folder that lasts as long as the context.

    Through ``model.export``: with Keras 3 the converter's other ways leave variables unfrozen.
    """
    import keras

    _, height, width, channels = model.input_shape
    with tempfile.TemporaryDirectory() as folder:
        signature = [keras.InputSpec(shape=(1, height, width, channels), dtype="float32")]
        model.export(Path(folder) / "saved", input_signature=signature, verbose=False)
        yield Path(folder) / "saved"


def _converted(folder: Path, form: FormName, representative: Pixels | None) -> bytes:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    if form != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if form == "int8":
        if representative is None or not len(representative):
            raise ValueError("int8 needs representative squares")
        converter.representative_dataset = _ranges_from(representative)
    return bytes(converter.convert())


def _ranges_from(squares: Pixels) -> Callable[[], Iterator[list[NDArray[np.float32]]]]:
    """Squares from all over the set, one by one, as the converter asks for them."""
    chosen = squares[np.linspace(0, len(squares) - 1, min(REPRESENTATIVE, len(squares))).astype(int)]
    return lambda: ([square[None].astype(np.float32)] for square in chosen)


def _package(content: bytes, size: int, labels: int) -> Package:
    """A package just whole enough for ``network.run``: the forms run as they will in the program."""
    return Package(
        format=FORMAT,
        name="comparison",
        version="0",
        task="",
        kind=Kind.CLASSIFY,
        intended_use="",
        labels=tuple(str(index) for index in range(labels)),
        input=Input(size=size),
        sha256=hashlib.sha256(content).hexdigest(),
        content={packages.MODEL_FILE: content},
    )


def _outputs_of_keras(model: Any, squares: Pixels) -> dict[str, NDArray[np.float32]]:
    """``logits`` (n, k) and ``embedding`` (n, d), a few pictures at a time."""
    batches = (squares[start : start + 16].astype(np.float32) for start in range(0, len(squares), 16))
    parts = [model(batch, training=False) for batch in batches]
    names = ("logits", "embedding")
    return {name: np.concatenate([np.asarray(part[name], np.float32) for part in parts]) for name in names}


def _figures(logits: NDArray[np.float32], truth: NDArray[np.intp], temperature: float) -> dict[str, float]:
    """Accuracy, balanced accuracy and expected calibration error, without intervals: the forms share their pictures."""
    probabilities = softmax(logits, temperature)
    nothing = np.zeros(probabilities.shape, np.bool_)
    names = tuple(str(index) for index in range(probabilities.shape[1]))
    groups = [str(index) for index in range(len(truth))]
    measured = measure(Readings(names, truth, probabilities, groups, nothing[:, 0], nothing), resamples=1)
    return {name: float(measured[name]["value"]) for name in ("accuracy", "balanced_accuracy", "ece")}


def _strays(embedding: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    lengths = np.maximum(np.linalg.norm(wanted, axis=1), 1e-9)
    return float((np.linalg.norm(embedding - wanted, axis=1) / lengths).mean())


def _times(
    model: Any, loaded: Mapping[FormName, Package], square: Pixels, turns: int
) -> tuple[dict[FormName, float], float]:
    """Median milliseconds of every form and of Keras, all in turn, so that a busy moment hits them alike.

    Processor time for LiteRT, which runs on the caller's thread; Keras spreads over threads and is timed by the
    clock.
    """
    batch = square[None].astype(np.float32)
    times: dict[FormName, list[float]] = {form: [] for form in loaded}
    by_keras = []
    for _ in range(turns + 1):
        for form, package in loaded.items():
            times[form].append(_turn(package, square))
        began = time.perf_counter()
        model.predict(batch, verbose=0)
        by_keras.append(1000 * (time.perf_counter() - began))
    return {form: statistics.median(values[1:]) for form, values in times.items()}, statistics.median(by_keras[1:])


def milliseconds(package: Package, runs: int = 50) -> float:
    """Median processor time of the network on one picture; it runs on one thread, the caller's."""
    size = package.input.size if package.input else 0
    square = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    return statistics.median([_turn(package, square) for _ in range(runs + 5)][5:])


def _turn(package: Package, square: Pixels) -> float:
    """Processor time in milliseconds: what else the machine does says nothing about the network."""
    start = time.thread_time()
    network.run(package, square)
    return 1000 * (time.thread_time() - start)


def _against(form: Form, half: Form, needs: Needs) -> str:
    """What speaks against a form that is faster than float16, "" when nothing does."""
    if form.accuracy < half.accuracy - ACCURACY_LOST:
        return f"less often right ({100 * form.accuracy:.1f} against {100 * half.accuracy:.1f} %)"
    if form.same_answers < SAME_ANSWERS:
        return f"gave the answer of Keras on {100 * form.same_answers:.1f} % of the pictures only"
    if form.ece > half.ece + CALIBRATION_LOST:
        return f"worse calibrated ({form.ece:.3f} against {half.ece:.3f})"
    if needs.embedding and form.embedding_lost > EMBEDDING_LOST:
        return f"its embedding strays by {100 * form.embedding_lost:.0f} %, too far for the flags that read it"
    if needs.other_head and form.form == "int8":
        return "a site could not fit its last layer to its own pictures"
    return ""


def peak_megabytes(content: bytes) -> float | None:
    """What opening and running a LiteRT file adds at most to the memory of a fresh process, in megabytes.

    None on systems other than Linux. Raises RuntimeError when the file does not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / packages.MODEL_FILE
        path.write_bytes(content)
        command = [sys.executable, "-m", "clinoscope.training.quantise", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the memory of a network could not be measured: {done.stderr[-500:]}")
    return None if (grown := json.loads(done.stdout)) is None else float(grown)


def _grown(path: Path) -> float | None:
    """In this process: megabytes of peak memory that opening and running the file adds."""
    from clinoscope.regions import networks

    networks.opened(path.read_bytes())  # once, so that the libraries it loads are not counted as the file's
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is held now (proc(5))
    before = _kilobytes(status.read_text(), "VmRSS")
    interpreter = networks.opened(path.read_bytes())
    details = interpreter.get_input_details()[0]
    interpreter.set_tensor(details["index"], np.zeros(details["shape"], np.float32))
    interpreter.invoke()
    return (_kilobytes(status.read_text(), "VmHWM") - before) / 1000


def _kilobytes(status: str, name: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))


if __name__ == "__main__":
    print(json.dumps(_grown(Path(sys.argv[1]))))
