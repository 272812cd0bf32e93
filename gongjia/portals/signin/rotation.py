"""The secrets of second factors under new keys."""

from typing import Any

from allauth.mfa.models import Authenticator

from gongjia.kernel import keyring
from gongjia.kernel.keys import Keyring
from gongjia.kernel.rotation import Sweep, renewed_text
from gongjia.portals.signin.adapters import secret_context


def sweep() -> Sweep:
    ring, found = keyring.current(), Sweep("动态码密钥")
    for row in Authenticator.objects.order_by("pk").iterator(chunk_size=200):
        found.seen += 1
        data = _renewed(row.data, secret_context(row.user_id), ring)
        if data != row.data:
            found.old += 1
            found.done += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return found


def _renewed(value: Any, context: bytes, ring: Keyring) -> Any:
    """The library keeps texts, lists of texts and counts; every text that is sealed is sealed anew."""
    if isinstance(value, dict):
        return {name: _renewed(each, context, ring) for name, each in value.items()}
    if isinstance(value, list):
        return [_renewed(each, context, ring) for each in value]
    if isinstance(value, str):
        return renewed_text(value, context=context, ring=ring) or value
    return value
