"""Seats for tests of every room: a client signed in as somebody, as strongly as the person's posts ask for."""

from django.test import Client
from django.utils import timezone

from gongjia.backbone.accounts.models import Account


def sit_down(client: Client, account: Account, *, strong: bool = True) -> Client:
    """Sign a test's client in without the pages of sign-in. Django's force_login alone makes no sitting: it is ended
    at its first request.
    """
    client.force_login(account)
    session, at = client.session, timezone.now().isoformat()
    session["sitting"] = {"since": at, "seen": at, "fresh": at, "strong": strong, "device": 0}
    session.save()
    return client
