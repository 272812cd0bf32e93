"""A union with a poster, and workers who scan it with an account that has no person yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from gongjia.backbone.accounts.models import Account, AccountGrant
from gongjia.domains.enrolment import services
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering
from tests import factories
from tests.eyes import browser  # noqa: F401

Newcomer = Callable[..., "Worker"]


@dataclass
class Worker:
    """Somebody with an account."""

    account: Account

    @property
    def actor(self) -> Actor:
        """As the next request would make it."""
        self.account.refresh_from_db()
        if self.account.person is not None:
            return factories.actor(self.account.person)
        grants = AccountGrant.objects.filter(account=self.account).values_list("kind", "number")
        return Actor(account_id=self.account.pk, grants=frozenset(grants))

    def apply(self, poster: Poster, *, number: int, at: datetime, name: str = "白小满", **facts: Any) -> Application:
        """`number` makes the ID number."""
        actor = self.actor
        answers = {"name": name, "id_number": factories.id_number(number), "employer_name": "溪口样例厂", **facts}
        with entering(actor.reach(SIGNED_IN)):
            return services.apply(poster=poster, by=actor, at=at, **answers)


@pytest.fixture
def poster(tree: factories.Tree, at: datetime) -> Poster:
    return Poster._base_manager.create(organisation=tree.union, place="一号车间门口", made_at=at)


@pytest.fixture
def newcomer(db: None, at: datetime) -> Newcomer:
    """`newcomer()`: an account by a phone, nobody's yet."""

    def made() -> Worker:
        number = 5000 + Account.objects.count()
        account = Account(username=f"n{number}", created_at=at, seen_at=at)
        account.set_unusable_password()
        account.seal_in(phone=factories.phone_number(number))
        account.save()
        return Worker(account)

    return made
