"""What can stop a request, as exceptions; the middleware turns each into its page. Texts are Chinese sentences."""

from collections.abc import Sequence
from typing import Any


class Stopped(Exception):
    """The base of everything that ends in a page of its own instead of a result."""

    status = 400


class Forbidden(Stopped):
    """In reach, but without the role or the purpose: says what is needed (403). `about` is the file that a purpose is
    asked for."""

    status = 403

    def __init__(self, needed: str, *, purpose: bool = False, about: Any = None) -> None:
        super().__init__(needed)
        self.needed, self.purpose, self.about = needed, purpose, about


class WrongMethod(Stopped):
    """The address is there, but not for what was done with it (405): a form's address opened, a page sent to."""

    status = 405

    def __init__(self, method: str, *, allowed: Sequence[str]) -> None:
        super().__init__(method)
        self.method, self.allowed = method, tuple(allowed)


class Refused(Stopped):
    """A rule says no (409). `reasons` are sentences with article and figures; `fields` names the inputs to mend."""

    status = 409

    def __init__(self, *reasons: str, fields: Sequence[str] = ()) -> None:
        super().__init__("；".join(reasons))
        self.reasons, self.fields = reasons, tuple(fields)


class Stale(Stopped):
    """Somebody else was faster (409): both versions are shown, nothing typed is lost."""

    status = 409

    def __init__(self, what: str, *, yours: dict[str, Any], theirs: dict[str, Any]) -> None:
        super().__init__(what)
        self.what, self.yours, self.theirs = what, yours, theirs


class Gone(Stopped):
    """It was there and has ended (410): says since when and where to go."""

    status = 410


class TooFast(Stopped):
    """Too many tries (429): says when to try again."""

    status = 429

    def __init__(self, message: str, *, wait_seconds: int) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
