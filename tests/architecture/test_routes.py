"""Every address is built by `page`, every write by `verb`, and pages touch no rows themselves."""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import getmembers, isfunction, unwrap
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.forms.models import ModelChoiceField
from django.urls import URLPattern, URLResolver, get_resolver

from gongjia.kernel import permissions, verbs
from gongjia.kernel.forms import ReachChoiceField
from gongjia.kernel.permissions import ANYONE, INSIDE, SIGNED_IN
from gongjia.kernel.reach import Scoped
from tests.architecture.source import attributes, imported, modules, running

pytestmark = pytest.mark.system("O1")

#: Addresses that `page` did not build, each with the reason and with what guards it instead.
THIRD_PARTY: dict[str, str] = {}


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address that the whole house answers, with its pattern."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def test_every_address_is_built_with_its_permission() -> None:
    found = list(patterns())
    assert len(found) > 20
    assert {route for route, each in found if not hasattr(each.callback, "route")} == set(THIRD_PARTY)


def test_no_address_hides_another() -> None:
    routes = [route for route, _ in patterns()]
    assert sorted(routes) == sorted(set(routes))


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

ROW_MAKERS = {"objects", "_base_manager", "_default_manager", "get_model", "raw"}


def page_modules() -> set[str]:
    """The modules in which pages are written, and every other module called views."""
    written = {unwrap(each.callback).__module__ for _, each in patterns()}
    paths = {f"{module.replace('.', '/')}.py" for module in written if module.startswith(("gongjia.", "demo."))}
    return {path for path in modules() if path in paths or path.endswith("/views.py") or "/views/" in path}


def rows_touched(tree: ast.Module) -> list[str]:
    """What a page module does that only queries and verbs may do."""
    found = [f"{line} .{name}" for line, name in attributes(tree) if name in ROW_MAKERS]
    ours = (pair for pair in imported(running(tree)) if pair[1].startswith("gongjia."))
    return found + [f"{line} {name}" for line, name in ours if ".models." in f"{name}."]


def test_pages_reach_rows_by_queries_and_verbs_only() -> None:
    assert len(page_modules()) > 4
    assert not {path: found for path in page_modules() if (found := rows_touched(modules()[path]))}


@pytest.mark.parametrize(
    "line",
    [
        "from gongjia.backbone.people.models import Person",
        "from gongjia.backbone.people import models",
        "import gongjia.backbone.people.models",
        "member.memberships.model.objects.count()",
        "type(member)._base_manager.all()",
        "apps.get_model('people.Person')",
    ],
)
def test_a_page_that_touches_rows_is_found(line: str) -> None:
    assert rows_touched(ast.parse(line))


def test_a_page_may_name_the_type_of_a_row_that_a_query_gave_it() -> None:
    line = "if TYPE_CHECKING:\n    from gongjia.backbone.people.models import Person"
    assert not rows_touched(ast.parse(line))


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────


def form_classes() -> set[type[forms.BaseForm]]:
    for path in modules():
        if path.startswith("gongjia/") and path.endswith("forms.py"):
            import_module(path.removesuffix(".py").replace("/", "."))
    found: set[type[forms.BaseForm]] = set()
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        waiting += (more := waiting.pop().__subclasses__())
        found |= {each for each in more if each.__module__.startswith("gongjia.") and ".tests." not in each.__module__}
    return found


def test_no_model_form_stands_on_a_scoped_model_or_key() -> None:
    """Django checks foreign keys and uniqueness past the managers: such a form would accept a foreign row."""
    wrong = []
    for form in form_classes():
        meta: Any = getattr(form, "_meta", None)
        model = getattr(meta, "model", None)
        if model is None:
            continue
        keys = [field.remote_field.model for field in model._meta.concrete_fields if field.is_relation]
        wrong += [form.__qualname__ for each in (model, *keys) if issubclass(each, Scoped)]
    assert not wrong


def test_no_form_field_holds_a_queryset_of_whoever_loaded_the_module() -> None:
    assert form_classes()
    wrong = [
        f"{form.__qualname__}.{name}"
        for form in form_classes()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, ModelChoiceField) and not isinstance(field, ReachChoiceField)
    ]
    assert not wrong


# ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def service_modules() -> list[ModuleType]:
    paths = [
        path for path in modules() if path.startswith("gongjia/") and ("/services.py" in path or "/services/" in path)
    ]
    return [import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")) for path in paths]


#: Public functions of services that are neither, each with the reason.
NOT_VERBS = {
    "gongjia.domains.enrolment.changes.services.count_try": "counts a try, which stays counted whatever becomes of it",
    "gongjia.engines.intake.services.first_rows": "what a person sees who says where the heading is",
    "gongjia.engines.intake.services.opened": "a received sheet, unsealed for as long as it is read",
    "gongjia.engines.intake.services.read_as_kind": "reads a kept sheet before the write begins; writes nothing",
    "gongjia.engines.intake.services.read_with_correction": "reads a kept sheet before the write; writes nothing",
    "gongjia.engines.intake.services.rows_of": "a stream of rows: whoever reads it is the verb",
    "gongjia.engines.intake.services.sheet_read": "reads what is sent before the write begins; writes nothing",
}


def test_every_public_function_of_a_service_is_a_verb_or_a_named_question() -> None:
    assert len(service_modules()) > 4
    others = {
        f"{module.__name__}.{name}"
        for module in service_modules()
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and not (hasattr(function, "verb") or hasattr(function, "question"))
    }
    assert others == set(NOT_VERBS)


def test_every_verb_needs_a_permission_that_some_room_has_registered() -> None:
    service_modules()
    known = {each.code for each in permissions.registered()} | {ANYONE, SIGNED_IN, INSIDE}
    ours = [each for each in verbs.registered() if not each.name.startswith("tests.")]
    assert len(ours) > 10
    assert {each.may for each in ours} <= known
    assert all(each.zh for each in ours)


#: Verbs that ask for no permission, each with what decides instead.
WITHOUT_PERMISSION = {
    "accounts.bind_person": "the account is nobody's yet, and the person has none that was used",
    "accounts.bind_phone": "the own account, by the number of the actor's",
    "accounts.open": "a phone that is proven, or a verb around it",
    "accounts.set_password": "the own account, or a verb around it",
    "casework.move": "the move names its permission, or the person",
    "casework.pause": "the flow names who handles it",
    "casework.resume": "the flow names who handles it",
    "casework.ask_extension": "the flow names who handles it",
    "casework.answer_extension": "the flow names who grants it, and it is another person",
    "casework.accept": "the move names its permission, at the receiving side",
    "casework.refuse": "the move names its permission, at the receiving side",
    "casework.answer": "the move names its permission, at the receiving side",
    "casework.seal": "the flow names who handles it",
    "casework.ask_unsealing": "the flow names who handles the copy",
    "casework.answer_unsealing": "the move names its permission, and it is another person than who asked",
    "casework.see_identity": "who asked, and was granted it",
    "casework.guest_answers": "a guest, by the secret of the link",
    "casework.open": "a matter of the one who asks",
    "enrolment.accept_bulk": "the move: the union that is gone to",
    "enrolment.accept_transfer": "the move: the union that is gone to",
    "enrolment.answer_objection": "the move: the person",
    "enrolment.apply": "a matter of the one who asks",
    "enrolment.ask_correction": "the person's own file",
    "enrolment.ask_to_leave": "the person's own membership",
    "enrolment.begin_transfer": "the person's own membership",
    "enrolment.make_transfer_code": "the person's own code",
    "enrolment.mend": "the move: the person, or a grant",
    "enrolment.refuse_bulk": "the move: the union that is gone to",
    "enrolment.refuse_transfer": "the move: the union that is gone to",
    "enrolment.resubmit_correction": "the move: the person",
    "enrolment.stay_out": "the person's own line",
    "enrolment.undo_bulk": "the move: the union that is gone to",
    "enrolment.withdraw": "the move: the person, or a grant",
    "enrolment.withdraw_correction": "the move: the person",
    "enrolment.withdraw_leaving": "the move: the person",
    "enrolment.withdraw_transfer": "the move: the person",
    "fieldwork.answer_questionnaire": "the person's own answer, to what a union above asks",
    "files.store": "a new row; whose it is, is asked by the verb around it",
    "homes.agree": "the holder's own post",
    "homes.withdraw": "the holder's own name",
    "intake.check_again": "the permission of its importer, asked at the organisation",
    "intake.commit": "the permission of its importer, asked at the organisation",
    "intake.correct": "the permission of its importer, asked at the organisation",
    "intake.leave_out": "the permission of its importer, asked at the organisation",
    "intake.mend": "the permission of its importer, asked at the organisation",
    "intake.receive": "a new row; whose it is, is asked by the verb around it",
    "intake.send": "the permission of its importer, asked at the organisation",
    "intake.undo": "the permission of its importer, asked at the organisation",
    "messages.read_circular": "the reader's own row",
    "messages.read": "messages in reach, which are the person's own",
    "messages.tell": "a new row; whose it is, is asked by the verb around it",
    "messages.write": "a new row; whose it is, is asked by the verb around it",
    "people.employ": "asked by the verb around it, or the command",
    "people.register": "a new row, refused for a number that has a file",
    "service.amend_myself": "the person's own file",
    "service.show_numbers": "the person's own file",
    "service.take_copy": "the person's own file",
    "service.write": "the person's own union",
    "voices.helped": "a count without a name",
    "voices.rate": "the move: the person, or a grant",
    "voices.speak": "a matter of the one who asks, who may stay unknown",
    "voices.supply": "the move: the person, or a grant",
    "voices.withdraw": "the move: the person, or a grant",
}


def test_a_verb_without_a_permission_is_named_here_with_what_decides_instead() -> None:
    service_modules()
    ours = {each.name for each in verbs.registered() if each.may in {ANYONE, SIGNED_IN}}
    assert {name for name in ours if not name.startswith("tests.")} == set(WITHOUT_PERMISSION)


def test_what_changes_or_removes_rows_of_others_is_part_of_a_verb_that_asks() -> None:
    service_modules()
    inside = {each.name for each in verbs.registered() if each.may == INSIDE}
    assert inside == {
        "accounts.grant",
        "accounts.open_of",
        "accounts.shut_of",
        "casework.give_code",
        "casework.give_person",
        "casework.keep_from",
        "casework.recount",
        "casework.ring",
        "casework.hand_over",
        "enrolment.bulk_step",
        "enrolment.stop_bulk",
        "enrolment.inherit",
        "files.keep_until",
        "files.remove",
        "intake.commit_block",
        "intake.correct_batch",
        "intake.forget",
        "intake.take_as",
        "intake.undo_block",
        "memberships.start_all",
        "memberships.start_many",
        "memberships.take_back",
        "memberships.take_back_all",
        "memberships.transfer_many",
        "messages.announce",
        "messages.answer",
        "messages.tell_many",
        "messages.withdraw",
        "papers.issue",
        "papers.take_number",
        "people.amend",
        "people.employ_all",
        "people.employ_many",
        "people.register_all",
        "people.register_many",
        "people.renumber",
        "people.take_over",
        "people.unregister",
        "people.unregister_all",
    }
