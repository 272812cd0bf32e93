"""One page of sign-in: the public face, one question, never kept by a cache."""

from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render

from gongjia.kernel.requests import Request


def draw(request: Request, template: str, *, form: BaseForm | None = None, **context: Any) -> HttpResponse:
    """An answer that was refused keeps its page, with status 422."""
    refused = form is not None and form.is_bound and not form.is_valid()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    response = render(request, f"signin/{template}.html", {"form": form, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response
