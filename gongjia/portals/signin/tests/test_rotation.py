"""The secrets of second factors under new keys."""

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from gongjia.kernel import keyring
from gongjia.kernel.crypto import WrongContext
from gongjia.kernel.keys import Keyring
from gongjia.portals.signin import rotation, second_factor
from gongjia.portals.signin.adapters import secrets_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


def test_secrets_of_second_factors_are_sealed_anew(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    account = factories.account(None, "operator")
    with secrets_of(account.pk):
        secret, code = get_adapter().encrypt("ABCDEF"), get_adapter().encrypt("one code")
    data = {"secret": secret, "migrated_codes": [code], "used_mask": 3, "note": "不是密文"}
    row = Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data=data)
    keyring.current().add_generation("gm").save(settings.KEYS_FILE)
    assert [(found.old, found.done) for found in (rotation.sweep(), rotation.sweep())] == [(1, 1), (0, 0)]
    row.refresh_from_db()
    assert row.data["secret"] != secret
    with secrets_of(account.pk):
        assert get_adapter().decrypt(row.data["secret"]) == "ABCDEF"
        assert get_adapter().decrypt(row.data["migrated_codes"][0]) == "one code"
    assert (row.data["used_mask"], row.data["note"]) == (3, "不是密文")


def test_a_secret_that_was_moved_to_another_account_does_not_open() -> None:
    """Whoever can write to the database would otherwise give an officer's account a changing code of their own."""
    mine, theirs = factories.account(None, "mine"), factories.account(None, "theirs")
    second_factor.activate(mine, "ABCDEF")
    moved = Authenticator.objects.get(user=mine, type=Authenticator.Type.TOTP)
    moved.user = theirs
    with secrets_of(theirs.pk), pytest.raises(WrongContext):
        moved.wrap().validate_code("123456")


def test_no_secret_is_sealed_for_nobody() -> None:
    with pytest.raises(LookupError):
        get_adapter().encrypt("ABCDEF")
