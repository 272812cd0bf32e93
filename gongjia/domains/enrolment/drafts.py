"""The answers of a worker on the way through the form: in the encrypted session, gone when sent or signed out."""

from typing import Any

from gongjia.domains.enrolment.models import Poster
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_SESSION_KEY = "joining"


def of(request: Request, poster: Poster) -> dict[str, Any]:
    """What has been answered so far for this poster; a draft for another poster does not count."""
    draft: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    return draft if draft.get("poster") == poster.reference else {}


def keep(request: Request, poster: Poster, answers: dict[str, Any]) -> None:
    """Add answers; the key that makes the sending happen once is made with the first of them."""
    begun = {"poster": poster.reference, "union": poster.organisation.name, "key": new_tracking_code()}
    draft = of(request, poster) or begun
    request.session[_SESSION_KEY] = draft | answers


def begun(request: Request) -> tuple[str, str] | None:
    """The poster's reference and the union's name of a draft that was left, for the way back to it."""
    draft = request.session.get(_SESSION_KEY, {})
    return (draft["poster"], draft["union"]) if draft.get("union") else None


def drop(request: Request, poster: Poster) -> None:
    if of(request, poster):
        del request.session[_SESSION_KEY]
