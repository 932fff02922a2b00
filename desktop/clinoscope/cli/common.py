"""What several commands share: output, progress, pictures from paths, and opening a vault."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope import modes
from clinoscope.domain.errors import KnownError, VaultError
from clinoscope.workflow import session

if TYPE_CHECKING:
    from clinoscope.records import Vault


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class OutputError(KnownError):
    """Standard output cannot be written to."""


def say(value: Any) -> None:
    """One JSON value on one line of stdout. Raises OutputError, BrokenPipeError when nobody reads any more."""
    try:
        print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"The output cannot be written: {error.strerror}. Send it to another place.") from None


def progress(text: str) -> None:
    """A line on stderr. A file's name may hold line breaks and the terminal's commands: they are spelled out."""
    print(_CONTROL.sub(lambda found: ascii(found[0])[1:-1], text), file=sys.stderr, flush=True)


def pictures_read(done: int, of: int, about: str) -> None:
    """How far the reading of labelled pictures is: what went wrong with one, and every fiftieth."""
    if about:
        progress(about)
    elif done % 50 == 0 or done == of:
        progress(f"{done} of {of} pictures read")


def add_command(commands: Any, name: str, words: str, more: str = "") -> argparse.ArgumentParser:
    """A command or an act of one: ``words`` stand in the list, and begin its own help, before ``more``."""
    told = f"{words[0].upper()}{words[1:]}. {more}".rstrip()
    child: argparse.ArgumentParser = commands.add_parser(name, help=words, description=told)
    return child


def task_argument(parser: argparse.ArgumentParser) -> None:
    """``--task``, one of the tasks of the modes."""
    parser.add_argument(
        "--task", required=True, choices=modes.task_ids(), metavar="TASK", help=", ".join(modes.task_ids())
    )


def labels_argument(parser: argparse.ArgumentParser, words: str) -> None:
    """``--labels``, a list of labelled pictures; ``words`` say what it holds."""
    parser.add_argument("--labels", required=True, type=Path, metavar="CSV", help=words)


def vault_arguments(parser: argparse.ArgumentParser) -> None:
    """``--vault --user --password-file``, as every command that opens a vault takes them."""
    parser.add_argument("--vault", required=True, type=Path, metavar="DIR", help="the vault's folder")
    parser.add_argument("--user", required=True, metavar="NAME", help="who opens it")
    parser.add_argument(
        "--password-file", required=True, type=Path, metavar="FILE", help="a file whose first line is the password"
    )


def password(file: Path) -> str:
    """The first line of a password file. Raises VaultError when it cannot be read."""
    try:
        # Windows' own editor puts a mark before the first letter.
        first = file.read_text(encoding="utf-8-sig").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        raise VaultError(f"The password file {file} cannot be read. Check the path.") from None
    if not first:
        raise VaultError(f"The password file {file} is empty. Write the password on its first line.")
    return first


def open_vault(options: argparse.Namespace) -> Vault:
    """The vault of ``vault_arguments``, open. Raises WrongPassword, VaultError."""
    return session.open_vault(options.vault, options.user, password(options.password_file))
