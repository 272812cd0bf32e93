"""`/healthz` says whether database and keys are there, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


def test_it_answers_200_when_all_is_there() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "keys": "ok"}
    assert answer["Cache-Control"] == "no-store"


def test_a_missing_key_file_is_named(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["keys"]) == (503, "missing")
    settings.KEYS_FILE.write_text("{}")
    assert Client().get("/healthz").json() == {"status": "down", "database": "ok", "keys": "bad"}
    assert str(tmp_path) not in answer.content.decode()


def test_an_absent_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection to 10.0.0.1 refused for user gongjia")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "database": "down", "keys": "ok"})
