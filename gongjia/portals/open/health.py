"""`/healthz`: whether this process can work, for whatever watches it; no word of what it holds."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse, JsonResponse

from gongjia.kernel import keyring
from gongjia.kernel.keys import KeysBad, KeysMissing
from gongjia.kernel.requests import Request

OK, DOWN, MISSING, BAD = "ok", "down", "missing", "bad"


def health(_request: Request) -> HttpResponse:
    """200 when database and keys are there, else 503; both are named either way."""
    found = {"database": _database(), "keys": _keys()}
    is_well = set(found.values()) == {OK}
    answer = JsonResponse({"status": OK if is_well else DOWN, **found}, status=200 if is_well else 503)
    answer["Cache-Control"] = "no-store"
    return answer


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return DOWN
    return OK


def _keys() -> str:
    try:
        keyring.current()
    except KeysMissing:
        return MISSING
    except KeysBad:
        return BAD
    return OK
