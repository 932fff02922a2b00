"""The vault: users and keys, the encrypted database, the picture store, the audit chain, backups.

Heavy (SQLCipher, sqlite-utils, cryptography, msgspec): import it after the login window is painted.
"""

from clinoscope.records.audit import Event
from clinoscope.records.backup import restore
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.vault import Vault
from clinoscope.records.verify import VerifyReport

__all__ = ["Event", "Operation", "Topic", "Vault", "VerifyReport", "restore"]
