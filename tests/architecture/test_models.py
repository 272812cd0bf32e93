"""Every row is behind doors, or stands in a short list that says why not."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from gongjia.kernel.reach import ReachManager, Scoped

pytestmark = pytest.mark.system("O1")

OURS = [model for model in apps.get_models() if model.__module__.startswith("gongjia.")]

#: Models whose rows need no reach, each with the reason.
WITHOUT_REACH = {
    "kernel.AuditRow": "the record itself, of ids and hashes: read by audit.py alone, shown by the auditor's pages",
    "kernel.AuditSeal": "the chain over the record",
    "kernel.Event": "what waits to be done: ids only, run with every row in reach",
    "kernel.Sending": "which form was sent already: read by verbs alone",
    "kernel.Tick": "when periodic work is due",
    "regions.Region": "public divisions of the country",
    "accounts.Account": "found by its own phone, name or session, before any reach is known",
    "accounts.KnownDevice": "read with its account",
    "accounts.FormerPassword": "read with its account",
    "accounts.AccountGrant": "read with its account, to make the reach",
    "accounts.Tries": "counts of hashes, asked before anybody is known",
    "engine_messages.Delivery": "the ways of one message, read with it",
}

#: Scoped models without an organisation of their own and without a base `Of…`, each with how it is reached.
REACHED_OTHERWISE = {
    "employers.Headcount": "through its employer",
    "organisations.Organisation": "it is the organisation",
    "people.Person": "never by place: through membership, employment or a matter, or by the person",
    "people.Employment": "through the union that covers the employer, or by the person",
    "intake.BadRow": "through its batch",
    "intake.ImportRow": "through its import",
    "intake.ImportBlock": "through its import",
    "intake.ImportTrace": "through its import",
    "casework.Step": "through its matter",
    "casework.Deadline": "through its matter",
    "casework.DeadlineChange": "through its matter",
    "casework.FollowCode": "through its matter",
    "casework.Sealing": "through the matter that it seals",
    "engine_messages.CircularRead": "nobody but the person; of others only how many",
    "fieldwork.FreeWords": "through its questionnaire",
    "fieldwork.QuestionnaireAnswered": "nobody but the person",
    "fieldwork.QuestionnaireTally": "through its questionnaire",
    "founding.Candidate": "through its founding",
    "founding.Count": "through its founding",
    "founding.Unit": "through its founding",
    "voices.VoiceFile": "through its voice",
    "enrolment.TransferCode": "by the person who made it",
    "enrolment.BulkTransferLine": "through its bulk transfer, or by the person",
    "organising.EmployerResult": "through its comparison",
    "organising.RunList": "through its comparison",
    "organising.UnionPair": "through its comparison",
}


def _labels(kept: list[type[models.Model]]) -> set[str]:
    return {model._meta.label for model in kept}


def test_every_model_is_scoped_or_listed() -> None:
    assert _labels([model for model in OURS if not issubclass(model, Scoped)]) == set(WITHOUT_REACH)


def test_every_manager_of_a_scoped_model_asks_for_the_reach() -> None:
    wrong = [
        f"{model._meta.label}.{manager.name}"
        for model in OURS
        if issubclass(model, Scoped)
        for manager in model._meta.managers
        if not isinstance(manager, ReachManager)
    ]
    assert not wrong


def test_every_scoped_model_carries_its_organisation() -> None:
    without = [
        model
        for model in OURS
        if issubclass(model, Scoped) and "organisation" not in {field.name for field in model._meta.concrete_fields}
    ]
    assert _labels(without) == set(REACHED_OTHERWISE)


def test_foreign_keys_keep_history_and_do_not_sweep_rows_away() -> None:
    """CASCADE from an organisation, employer or person would delete what the law wants kept."""
    kept = {"organisations.Organisation", "employers.Employer", "people.Person", "memberships.Membership"}
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.model._meta.label in kept
        and field.remote_field.on_delete is models.CASCADE
    ]
    assert not wrong


FORMALISM = re.compile(r"(^|_)(points?|ranks?|rankings?|streaks?|leaderboards?|gps|tracks?|check_?ins?)($|_)")


@pytest.mark.parametrize("name", ["points", "bonus_point", "rank", "gps_track", "login_streak", "check_in"])
def test_the_search_for_formalism_finds_it(name: str) -> None:
    assert FORMALISM.search(name)


def test_no_model_counts_points_ranks_or_tracks() -> None:
    snake = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
    found = [
        f"{model._meta.label}.{name}"
        for model in OURS
        for name in [snake.sub("_", model.__name__).lower(), *(field.name for field in model._meta.get_fields())]
        if FORMALISM.search(name)
    ]
    assert not found


@pytest.mark.django_db
def test_migrations_are_current() -> None:
    labels = sorted({model._meta.app_label for model in OURS})
    call_command("makemigrations", *labels, check=True, dry_run=True, skip_checks=True, verbosity=0)
