"""``clinoscope vault create|verify|check|backup|restore|prove|retention|rotate-key``."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, open_vault, password, progress, say, vault_arguments
from clinoscope.domain.errors import KnownError
from clinoscope.workflow import backups, custody, exams, retention, session


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "vault", "make, check, back up and restore a vault")
    acts = command.add_subparsers(
        metavar="create|verify|check|backup|restore|prove|retention|rotate-key", required=True
    )
    create = add_command(acts, "create", "make a vault and its first user; prints the recovery code once")
    verify = add_command(acts, "verify", "check the audit chain, every signature, lab value and picture")
    backup = add_command(acts, "backup", "copy the vault to a folder; only new pictures are copied again")
    restore = add_command(acts, "restore", "bring a backup back into a new folder")
    for child, act in ((create, run_create), (verify, run_verify), (backup, run_backup)):
        vault_arguments(child)
        child.set_defaults(run=act)
    backup.add_argument("target", type=Path, metavar="DIR", help="where the backup goes")
    restore.add_argument("source", type=Path, metavar="BACKUP", help="the backup's folder")
    restore.add_argument(
        "--vault", required=True, type=Path, metavar="DIR", help="the new vault's folder: empty or absent"
    )
    restore.set_defaults(run=run_restore)
    check = add_command(acts, "check", "look for missing, altered and orphaned files; with --mend put them right")
    vault_arguments(check)
    check.add_argument("--mend", action="store_true", help="set aside what no record names")
    check.add_argument("--backups", type=Path, metavar="DIR", help="with --mend: take lost pictures from here")
    check.set_defaults(run=run_check)
    prove = add_command(acts, "prove", "write the proof of a signed exam, to be checked without Clinoscope")
    vault_arguments(prove)
    prove.add_argument("exam", metavar="EXAM", help="the exam's id, as it stands on the report")
    prove.add_argument("target", type=Path, metavar="DIR", help="a new folder")
    prove.set_defaults(run=run_prove)
    due = add_command(acts, "retention", "list who is past the clinic's rule of keeping; erases nobody")
    vault_arguments(due)
    due.set_defaults(run=run_retention)
    rotate = add_command(acts, "rotate-key", "encrypt everything anew; prints the new recovery code once")
    vault_arguments(rotate)
    rotate.set_defaults(run=run_rotate)


def run_create(options: argparse.Namespace) -> int:
    """Make the vault. The recovery code is printed here and nowhere else, ever."""
    vault, code = session.create_vault(options.vault, options.user, password(options.password_file))
    vault.close()
    say({"vault": str(options.vault), "user": options.user, "recovery_code": code})
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Check everything; 1 when something is not as it was signed."""
    with open_vault(options) as vault:
        report = backups.verify(vault)
    say(
        {
            "ok": report.ok,
            "problems": list(report.problems),
            "events": report.events,
            "exams": report.exams,
            "pictures": report.pictures,
            "labs": report.labs,
            "erased": list(report.erased),
        }
    )
    return 0 if report.ok else 1


def run_check(options: argparse.Namespace) -> int:
    """Compare the picture store with the database; 1 unless nothing is missing, altered or orphaned any more."""
    if options.backups and not options.mend:
        raise KnownError("--backups says where --mend takes lost pictures from: give both, or neither.")
    with open_vault(options) as vault:
        found = backups.mend(vault, options.backups) if options.mend else backups.check(vault)
    say({"ok": found.ok, **dataclasses.asdict(found)})
    return 0 if found.ok else 1


def run_backup(options: argparse.Namespace) -> int:
    """Back up and print where."""
    with open_vault(options) as vault:
        made = backups.backup(vault, options.target)
    say({"backup": str(made)})
    return 0


def run_prove(options: argparse.Namespace) -> int:
    """Write the proof and print which version it is of."""
    with open_vault(options) as vault:
        exam = exams.prove(vault, options.exam, options.target)
    say({"proof": str(options.target), "exam": exam.id, "version": exam.version})
    return 0


def run_retention(options: argparse.Namespace) -> int:
    """List who is past the clinic's rule, one line for each; the last says the rule and how many."""
    with open_vault(options) as vault:
        rule, found = retention.rule(vault), retention.due(vault)
    for one in found:
        who = {"patient": one.patient.id, "number": one.patient.identifier}
        say({**who, "last": one.last.isoformat(), "until": one.until.isoformat(), "kept_because": one.kept})
    kept = sum(bool(one.kept) for one in found)
    say({"rule": dataclasses.asdict(rule) if rule else None, "due": len(found) - kept, "kept": kept})
    return 0


def run_rotate(options: argparse.Namespace) -> int:
    """Another vault key. The recovery code is printed here and nowhere else, ever."""
    with open_vault(options) as vault:
        code = custody.rotate(
            vault, password(options.password_file), lambda done, of: progress(f"{done} of {of} pictures")
        )
    say({"vault": str(options.vault), "recovery_code": code})
    return 0


def run_restore(options: argparse.Namespace) -> int:
    """Restore and print where."""
    session.restore(options.source, options.vault)
    say({"vault": str(options.vault)})
    return 0
