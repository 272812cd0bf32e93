"""A worker, the rights officers of the county, a colleague who calls back, the own union's chair, and short ways."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import handling, services
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.words import Identity, Subject
from gongjia.kernel.actors import NOBODY, Actor
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.eyes import browser  # noqa: F401

WORDS = "我在青禾样例制衣有限公司车间干活，三个月没发工资了，一共 9000 元"


@dataclass
class Desk:
    """The tree, with two rights officers at the county, and ways to bring a voice to each state."""

    tree: factories.Tree
    officer: Any
    colleague: Any
    foreign: Any
    at: datetime

    @classmethod
    def made(cls, tree: factories.Tree, at: datetime) -> "Desk":
        officer, colleague, foreign = (factories.person(name) for name in ("许权益", "杨回访", "外县权益"))
        for who, where in ((officer, tree.county), (colleague, tree.county), (foreign, tree.foreign_county)):
            factories.post(who, where, Role.RIGHTS_OFFICER)
        return cls(tree, officer, colleague, foreign, at)

    @property
    def county(self) -> Region:
        return Region.objects.get(code="421202")

    @property
    def worker(self) -> Actor:
        return factories.actor(self.tree.member)

    @property
    def handler(self) -> Actor:
        return factories.actor(self.officer)

    @property
    def other(self) -> Actor:
        return factories.actor(self.colleague)

    def said(self, words: str = WORDS, **facts: Any) -> services.Said:
        facts = {"subject": Subject.WAGES, "region": self.county, "employer": self.tree.employer, **facts}
        return services.Said(words=words, **facts)

    def speak(
        self, identity: Identity = Identity.HIDDEN, *, by: Actor | None = None, at: datetime | None = None, **facts: Any
    ) -> Voice:
        actor = by or (NOBODY if identity == Identity.ANONYMOUS else self.worker)
        with entering(actor.reach(SIGNED_IN if actor.is_signed_in else ANYONE)):
            made = services.speak(said=self.said(**facts), identity=identity, by=actor, at=at or self.at)
        return self.fresh(made)

    def fresh(self, voice: Voice) -> Voice:
        rows = Voice._base_manager.select_related("organisation", "person", "employer", "region")
        return rows.get(pk=voice.pk)

    def act(self, verb: Callable[..., Any], voice: Voice, by: Actor | None = None, **facts: Any) -> Voice:
        at = facts.pop("at", self.at + timedelta(minutes=5))
        with everywhere(reason="the rules are on trial, not the reach"):
            verb(voice=self.fresh(voice), by=by or self.handler, at=at, **facts)
        return self.fresh(voice)

    def accepted(self, **facts: Any) -> Voice:
        return self.act(handling.accept, self.speak(**facts))

    def answered(self, **facts: Any) -> Voice:
        words = "已经和单位核实，拖欠的三个月工资今天补发到卡上。"
        return self.act(handling.answer, self.accepted(**facts), words=words)


@pytest.fixture
def desk(tree: factories.Tree, at: datetime) -> Desk:
    return Desk.made(tree, at)
