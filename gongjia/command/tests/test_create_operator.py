"""The first operator of an empty installation."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

from gongjia import command
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.regions.models import Region
from gongjia.command import create_operator
from gongjia.kernel.models import AuditRow
from tests import factories

GOOD = "晨光-Baoma-2026"


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the terminal, in its order."""
    answers = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: answers.pop(0))
    return answers


def run(*argv):
    return create_operator.run(["--name", "系统员", *argv])


def test_it_is_a_subcommand_with_a_hyphen():
    assert "create-operator" in command.names()
    assert command.main(["create_operator"]) == command.REFUSED


def test_on_an_empty_installation_it_makes_all_that_an_operator_needs(db, typed, capsys):
    typed += [GOOD, GOOD]
    assert run("--federation", "咸宁市总工会") == 0
    account = Account.objects.get(username="operator")
    post = Post._base_manager.select_related("organisation").get()
    assert (post.person_id, post.role, post.organisation.name) == (account.person_id, "system_operator", "咸宁市总工会")
    assert account.check_password(GOOD)
    assert account.password_changed_at is not None
    assert Region.objects.filter(code="421202").exists()
    assert set(Authenticator.objects.filter(user=account).values_list("type", flat=True)) == {"totp", "recovery_codes"}
    out = capsys.readouterr().out
    assert "█" in out or "▄" in out
    assert len([line for line in out.splitlines() if line.startswith("  ") and line.strip().isdigit()]) == 10


def test_the_new_operator_can_sign_in(db, typed, capsys, client):
    typed += [GOOD, GOOD]
    run("--federation", "咸宁市总工会")
    secret = capsys.readouterr().out.split("密钥：")[1].split()[0]
    client.post("/signin/officer", {"login": "operator", "password": GOOD})
    counter = next(auth.yield_hotp_counters_from_time())
    code = auth.format_hotp_value(auth.hotp_value(secret, counter))
    assert client.post("/signin/second-factor", {"code": code})["Location"] == "/start/"
    assert client.get("/signin/devices").status_code == 200


def test_it_is_recorded_without_names(db, typed):
    typed += [GOOD, GOOD]
    run("--federation", "咸宁市总工会")
    rows = list(AuditRow.objects.order_by("pk"))
    assert [row.verb for row in rows] == [
        "posts.appoint",
        "accounts.open",
        "accounts.set_password",
        "accounts.second_factor_set",
    ]
    facts = "".join(json.dumps(row.facts, ensure_ascii=False) for row in rows)
    assert '"role": "system_operator"' in facts  # a word of ours, which holds the name of the account by chance
    assert not [name for name in ("系统员", "operator", "咸宁市总工会") if name in facts.replace("system_operator", "")]


def test_a_standing_tree_is_used_and_not_planted_again(db, typed):
    factories.organisation("咸宁市总工会")
    typed += [GOOD, GOOD]
    assert run() == 0
    assert Organisation._base_manager.count() == 1


def test_without_a_tree_it_asks_for_the_federations_name(db, typed, capsys):
    assert run() == command.REFUSED
    assert "--federation" in capsys.readouterr().err
    assert not Person._base_manager.exists()


def test_a_second_operator_is_not_made_this_way(db, typed, capsys):
    factories.tree()
    assert run() == command.REFUSED
    assert "已有系统管理员" in capsys.readouterr().err
    assert not Account.objects.exists()


def test_a_weak_password_is_asked_again_with_its_faults(db, typed, capsys):
    typed += ["short", "short", GOOD, "other", GOOD, GOOD]
    assert run("--federation", "咸宁市总工会") == 0
    err = capsys.readouterr().err
    assert "至少 12 位" in err
    assert "两次输入的不一样" in err


def test_three_weak_passwords_leave_nothing_behind(db, typed, capsys):
    typed += ["short"] * 6
    assert run("--federation", "咸宁市总工会") == command.REFUSED
    assert not Account.objects.exists()
    assert not Organisation._base_manager.exists()


def test_a_region_without_a_file_is_said(db, typed, capsys, settings):
    settings.REGION = "9999"
    assert run("--federation", "某市总工会") == command.REFUSED
    assert "GONGJIA_REGION" in capsys.readouterr().err
