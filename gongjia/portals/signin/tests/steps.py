"""The steps of signing in, as a browser takes them."""

from typing import Any

from allauth.mfa.totp.internal import auth
from django.test import Client

from gongjia.portals.signin.tests.conftest import PASSWORD, SECRET

HOME = "/start/"


def ask_for_code(client: Client, phone: str) -> Any:
    return client.post("/signin/", {"phone": phone})


def code_in(client: Client) -> str:
    """The code that was sent: it waits in the session."""
    return str(client.session["phone_code"]["code"])


def type_code(client: Client, code: str = "") -> Any:
    return client.post("/signin/code", {"code": code or code_in(client)})


def by_phone(client: Client, phone: str, digits: str = "") -> Any:
    """Phone, code and, where it is asked, the end of the ID; gives the last answer."""
    ask_for_code(client, phone)
    answer = type_code(client)
    if digits and answer.get("Location") == "/signin/identity":
        answer = client.post("/signin/identity", {"digits": digits})
    return answer


def by_password(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/signin/officer", {"login": username, "password": password})


def changing_code(secret: str = SECRET) -> str:
    """What the authenticator shows at the moment that stands."""
    counter = list(auth.yield_hotp_counters_from_time())[1]
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter)))


def by_password_and_code(client: Client, username: str) -> Any:
    by_password(client, username)
    return client.post("/signin/second-factor", {"code": changing_code()})


def is_in(client: Client) -> bool:
    return bool(client.get("/signin/devices").status_code == 200)
