"""The proof of one signed exam: a folder that anyone can check without Clinoscope, by ``check_proof.py`` inside it."""

import json
import shutil
import tempfile
from pathlib import Path

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.records import check_proof
from clinoscope.records.erasure import or_erased
from clinoscope.records.errors import outside, translated
from clinoscope.records.files import write_whole
from clinoscope.records.pictures import Pictures
from clinoscope.records.store import Store

NOT_SIGNED = "Only a signed exam can be proved: sign it first."
NOT_EMPTY = "The folder for the proof is not empty: choose a new one."

_README = """The proof of a signed exam

    python check_proof.py

checks it with Python 3.11 and the package "cryptography" alone; the head of that file says what it proves.

The picture and what was read and said of it are here in the clear. The patient is not named, only by a random number;
so are the people in the log. Keep this folder as you would keep the record.
"""


_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "application/dicom": ".dcm",
}


def write(store: Store, pictures: Pictures, exam_id: str, version: int, folder: Path) -> None:
    """Write the proof of that version to ``folder``, which must be missing or empty.

    Raises NotAllowed for an exam that is not signed, VaultError; then nothing is left there.
    """
    sql = "SELECT signed_text, signature, picture, taken FROM exams WHERE id = ? AND version = ? AND state = 'signed'"
    rows = store.rows(sql, [exam_id, version])
    if not rows:
        with store.reading() as db:
            raise NotAllowed(or_erased(db, exam_id, NOT_SIGNED))
    (row,) = rows
    name = "picture" + _ending(json.loads(row["taken"])["media_type"])
    proof = {
        "format": 1,
        "signed_text": row["signed_text"],
        "signature": json.loads(row["signature"])["value"],
        "picture": name,
    }
    with translated():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise VaultError(NOT_EMPTY)
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        picture = pictures.get(row["picture"])
        with outside("The proof", folder.parent):
            write_whole(part / name, picture, within=part)
            write_whole(part / "proof.json", json.dumps(proof, indent=1, ensure_ascii=False).encode(), within=part)
            write_whole(part / "README.txt", _README.encode(), within=part)
            shutil.copyfile(Path(check_proof.__file__).with_suffix(".py"), part / "check_proof.py")
            _chain(store, part)
            if folder.exists():
                folder.rmdir()
            part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _chain(store: Store, part: Path) -> None:
    with store.reading() as db:
        with (part / "chain.jsonl").open("w", encoding="utf-8") as file:
            for row in db.query("SELECT * FROM events ORDER BY seq"):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        seals = db.execute("SELECT seq, public_key, value FROM seals ORDER BY seq").fetchall()
    write_whole(part / "seals.json", json.dumps(seals).encode(), within=part)


def _ending(media_type: str) -> str:
    """How the picture's file ends, so that whoever gets the folder can open it; "" for a kind that has no name here."""
    return _ENDINGS.get(media_type, "")
