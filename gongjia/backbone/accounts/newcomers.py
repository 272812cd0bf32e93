"""Where somebody whose phone is not known yet may go on to: the page of a poster that leads to joining.

A domain names its routes here in apps.py. Whoever comes to sign-in on the way to one of them gets an account by the
code alone, without a person, and goes on; whoever comes from elsewhere is told what there is to do.
"""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

_routes: set[str] = set()


def come_by(*route_names: str) -> None:
    """Let newcomers go on to these routes (names with their namespace: "enrolment:join")."""
    _routes.update(route_names)


def may_come_by(url: str) -> bool:
    """Whether the address (of this site) is one that newcomers are led to."""
    try:
        return resolve(urlsplit(url).path).view_name in _routes
    except Resolver404:
        return False
