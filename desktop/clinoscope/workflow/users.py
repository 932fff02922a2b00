"""Users of a vault: who may log in, and as what. For administrators; everyone changes their own password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clinoscope.domain.access import Account, Act, Role
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault


def accounts(vault: Vault) -> tuple[Account, ...]:
    """Everyone who has or had an account, by name. Raises NotAllowed."""
    require(vault, Act.USERS)
    return vault.custody.accounts()


def add(vault: Vault, name: str, password: str, roles: Iterable[Role]) -> Account:
    """Let someone else log in. Nothing is encrypted anew. Raises NotAllowed, VaultError."""
    require(vault, Act.USERS)
    return vault.custody.add_user(name, password, roles)


def set_roles(vault: Vault, user_id: str, roles: Iterable[Role]) -> None:
    """Give a user other roles, at once. Raises NotAllowed when no administrator would be left."""
    require(vault, Act.USERS)
    vault.custody.set_roles(user_id, roles)


def remove(vault: Vault, user_id: str) -> None:
    """Keep a user from logging in; what they signed stays theirs. Raises NotAllowed."""
    require(vault, Act.USERS)
    vault.custody.remove_user(user_id)


def reset_password(vault: Vault, user_id: str, password: str) -> None:
    """Another password for somebody who forgot theirs. Raises NotAllowed, VaultError."""
    require(vault, Act.USERS)
    vault.custody.reset_password(user_id, password)


def change_password(vault: Vault, old: str, new: str) -> None:
    """One's own password. Raises WrongPassword, NotAllowed, VaultError."""
    vault.custody.change_password(old, new)
