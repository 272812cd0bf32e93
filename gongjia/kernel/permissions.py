"""Permissions: a code, a sentence in plain Chinese, and the roles that carry it. The kernel knows no role's name.

Rooms declare theirs in `permissions.py` and register them in `apps.py`; a route or a verb that names one which is
not registered does not start. What a post may see is answered from here in plain words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ANYONE = "anyone"  # no sign-in: the public door only
INSIDE = "inside"  # of verbs only: part of another verb, which has asked for the right
SIGNED_IN = "signed in"  # whoever has an account: the person's own rows; of verbs also a guest, to what is granted


@dataclass(frozen=True)
class Permission:
    """`zh` completes the sentence “可以……”; `roles` are the roles whose posts carry it in their subtree."""

    code: str
    zh: str
    roles: frozenset[str]
    sensitive: bool = False


_registered: dict[str, Permission] = {}


class UnknownPermission(RuntimeError):
    pass


def register(*permissions: Permission) -> None:
    for permission in permissions:
        known = _registered.setdefault(permission.code, permission)
        if known != permission:
            raise RuntimeError(f"permission {permission.code} is declared twice")


def permission(code: str) -> Permission:
    try:
        return _registered[code]
    except KeyError:
        raise UnknownPermission(code) from None


def registered() -> list[Permission]:
    return sorted(_registered.values(), key=lambda each: each.code)


def carried_by(roles: Iterable[str]) -> list[Permission]:
    held = frozenset(roles)
    return [each for each in registered() if each.roles & held]
