"""Every write is a verb: one function that checks the right, writes, and leaves an audit row, in one transaction.

    @verb("memberships.start", may="enrolment.approve", on="organisation")
    def start_membership(*, person: Person, organisation: Organisation, by: Actor, at: datetime) -> Membership: ...

`may` is the permission, held at the tree path of the argument named by `on` (its own `path`, or its organisation's).
A verb that is only ever part of another one says may=INSIDE: called by itself it raises, but for the tick and command.
The idempotency key comes from the form: a second sending of the same form shows the first result, which is a row or
a plain value (a count, a list of references).
"""

import hmac
import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction

from gongjia.kernel import audit, keyring
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.models import Sending
from gongjia.kernel.permissions import ANYONE, INSIDE, SIGNED_IN

MOST_KEY = 64

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Verb:
    name: str
    zh: str
    may: str
    on: str | None


@dataclass
class Note:
    """What a verb adds to its audit row: ids, counts, codes and hashes only."""

    facts: dict[str, Any] = field(default_factory=dict)
    subject: models.Model | None = None
    about_person_id: int | None = None
    is_nested: bool = False


_note: ContextVar[Note | None] = ContextVar("verb_note", default=None)
_registered: dict[str, Verb] = {}


def registered() -> list[Verb]:
    return sorted(_registered.values(), key=lambda each: each.name)


def note(subject: models.Model | None = None, *, about_person_id: int | None = None, **facts: Any) -> None:
    """Say inside a verb what its audit row should carry."""
    current = _note.get()
    if current is None:
        raise RuntimeError("note() belongs inside a verb")
    current.subject = subject if subject is not None else current.subject
    current.about_person_id = about_person_id or current.about_person_id
    current.facts.update(facts)


def is_nested() -> bool:
    """Whether the verb that asks is part of another one, which has asked for the right."""
    current = _note.get()
    return current is not None and current.is_nested


def path_of(thing: Any) -> str:
    """The tree path that decides about a thing: its own, or its organisation's."""
    own = getattr(thing, "path", None)
    if isinstance(own, str):
        return own
    return str(thing.organisation.path)


def verb(name: str, *, zh: str, may: str, on: str | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function the one way to do a thing. Raises Forbidden before anything is read or written."""

    def decorate(act: Callable[P, T]) -> Callable[P, T]:
        if name in _registered:
            raise RuntimeError(f"verb {name} is declared twice")
        parameters = signature(act).parameters
        if any(each.kind is not Parameter.KEYWORD_ONLY for each in parameters.values()) or not (
            {"by", "at"} <= parameters.keys()
        ):
            raise RuntimeError(f"verb {name}: keyword-only arguments, with `by` and `at`")
        if may not in {ANYONE, SIGNED_IN, INSIDE} and on is None:
            raise RuntimeError(f"verb {name}: say which argument's organisation decides")
        _registered[name] = Verb(name, zh, may, on)
        takes_key = "key" in parameters

        @wraps(act)
        def done(*args: P.args, **kwargs: P.kwargs) -> T:
            by: Actor = kwargs["by"]  # type: ignore[assignment]
            at: datetime = kwargs["at"]  # type: ignore[assignment]
            _check(by, may, kwargs.get(on) if on else None)
            if on and kwargs.get(on) is not None:
                by = kwargs["by"] = by.acting(may, path_of(kwargs[on]))
            key = str(kwargs.get("key") or "") if takes_key else ""
            with transaction.atomic():
                if key and (first := _first_sending(name, by, key, at, _content_of(kwargs))) is not None:
                    return _result_of(first)  # type: ignore[no-any-return]
                result, noted = _act(act, args, kwargs)
                subject = noted.subject or (result if isinstance(result, models.Model) else None)
                audit.record(
                    name, by=by, at=at, subject=subject, about_person_id=noted.about_person_id, facts=noted.facts
                )
                if key:
                    _keep_result(name, by, key, result)
            return result

        done.verb = _registered[name]  # type: ignore[attr-defined]
        return done

    return decorate


def _check(by: Actor, may: str, thing: Any) -> None:
    if may == ANYONE:
        return
    if may == INSIDE:
        if _note.get() is None and (by.is_signed_in or by.channel not in {"tick", "command"}):
            raise RuntimeError("this verb is part of another one, which asks for the right: call that")
        return
    if may == SIGNED_IN:
        if not (by.is_signed_in or by.grants) and by.channel not in {"tick", "command"}:
            raise Forbidden("登录")
        return
    by.require(may, path=path_of(thing))


def _act(act: Callable[..., T], args: Any, kwargs: Any) -> tuple[T, Note]:
    noted = Note(is_nested=_note.get() is not None)
    token = _note.set(noted)
    try:
        return act(*args, **kwargs), noted
    finally:
        _note.reset(token)


def _content_of(arguments: dict[str, Any]) -> bytes:
    """A keyed hash of what a form sends: the database is not to tell by it what was typed. A one-time password is the
    page's own, another at each sending."""
    told = {name: _told(value) for name, value in arguments.items() if name not in {"by", "at", "key", "password"}}
    return keyring.current().audit_mac(b"sending\0" + json.dumps(told, ensure_ascii=False, sort_keys=True).encode())


def _told(value: Any) -> Any:
    if isinstance(value, models.Model):
        return [value._meta.label, str(value.pk)]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _told(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {str(name): _told(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    if value is None or isinstance(value, str | int | float | date | Decimal):
        return str(value)
    return type(value).__name__  # a stream can be read once only


def _first_sending(name: str, by: Actor, key: str, at: datetime, content: bytes) -> Sending | None:
    """None when this is the first sending: its row now stands, and holds a second one back until this one is done.

    Raises Refused where the form of the first one was gone back to and its answers changed: they are not saved.
    """
    if len(key) > MOST_KEY:
        raise Refused("这份表单的编号不对，内容没有保存。请刷新页面后重新填写。")
    sending, is_first = Sending.objects.get_or_create(
        verb=name, account_id=by.account_id or 0, key=key, defaults={"at": at, "content": content}
    )
    if is_first:
        return None
    if sending.content is not None and not hmac.compare_digest(bytes(sending.content), content):
        raise Refused(
            "这份表单已经提交过一次，这次填的和上次不一样，没有保存。请先看看上次办理的结果；还要改的，重新打开这个页面再填。"
        )
    return sending


def _result_of(sending: Sending) -> Any:
    if not sending.result_model:
        return sending.result
    try:
        return apps.get_model(sending.result_model)._base_manager.get(pk=sending.result_id)
    except ObjectDoesNotExist:
        raise Gone("这份表单已经办理过，办理的结果后来已被删除。") from None


def _keep_result(name: str, by: Actor, key: str, result: Any) -> None:
    sending = Sending.objects.filter(verb=name, account_id=by.account_id or 0, key=key)
    if isinstance(result, models.Model):
        sending.update(result_model=result._meta.label, result_id=result.pk)
    elif result is not None:
        sending.update(result=result)
