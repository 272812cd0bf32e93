"""The city is the same on every machine and database; a build that fails or is not possible says so."""

import hashlib
import sys
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType

import pytest
from django.db.models import Max

from demo import city as city_module
from demo.city import AT, build
from demo.rows import Rows
from demo.tests.conftest import quiet
from demo.world import City
from gongjia.backbone.accounts.models import Account, KnownDevice
from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.setup import plant
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.regions.models import Region
from gongjia.engines.messages.models import Message
from gongjia.kernel.models import AuditRow
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere

pytestmark = pytest.mark.django_db
TOLD = (
    *(Region, Organisation, Placement, Succession, Term, Link, Employer, Headcount, Coverage, Person, Employment),
    *(Membership, Post, Account, Message, AuditRow),
)
DIGEST = "2c3ddc63514de3b072a2b7388229538fe022cc856d60c6b6709f3dad7bcafae4"
UNLIKE = {"id_number", "id_number_index", "phone", "phone_index", "digest", "seal", "facts", "subject_id", "leads_to"}
"""What depends on the keys of the installation, on the machine's zlib (a packed file's size and hash), on how far a
sequence has come (PostgreSQL takes no number back from a test that was undone), or on a matter's random reference."""


@pytest.fixture(autouse=True)
def all_in_sight() -> Iterator[None]:
    with everywhere(reason="tests of building the demo city"):
        yield


def test_a_city_is_built_only_where_nothing_stands():
    region = Region.objects.create(code="4212", name="咸宁市", level=Region.Level.CITY)
    plant(name="咸宁市总工会", region=region, founded_on=today_of(AT))
    with pytest.raises(ValueError, match="空数据库"):
        build(scale=600, report=quiet)


def test_a_scale_that_holds_no_city_is_refused():
    with pytest.raises(ValueError, match="至少用 600"):
        build(scale=200, report=quiet)


def test_a_part_that_fails_leaves_none_of_its_rows(monkeypatch):
    def half(city: City) -> None:
        city_module.build_divisions(city)
        city.close()
        raise RuntimeError("stopped")

    monkeypatch.setattr(city_module, "PARTS", (("行政区划", half),))
    with pytest.raises(RuntimeError, match="stopped"):
        build(scale=600, report=quiet)
    assert not Region.objects.exists()


def test_the_same_seed_builds_the_same_city_on_every_database():
    build(scale=600, report=quiet)
    # Four signs a table, in the order of TOLD. A change of the city or of its columns gives another: put it here.
    assert "".join(digest(model)[:4] for model in TOLD) == DIGEST


def test_another_moment_is_another_city():
    build(scale=600, at=datetime(2027, 3, 1, 10, 0, tzinfo=AT.tzinfo), report=quiet)
    assert Membership.objects.aggregate(last=Max("joined_on"))["last"] > today_of(AT)


def test_a_domain_adds_its_own_part(monkeypatch):
    seen = []
    part = ModuleType("gongjia.domains.invented.demo")
    part.build = lambda city: seen.append(city.personas["zhangmin"].serves.name)
    monkeypatch.setitem(sys.modules, part.__name__, part)
    monkeypatch.setattr(city_module, "DOMAINS", ("invented",))
    build(scale=600, report=quiet)
    assert seen == ["咸安区总工会"]


def test_a_default_of_its_own_for_each_row_must_be_given(monkeypatch):
    monkeypatch.setattr(KnownDevice._meta.get_field("name"), "default", lambda: "chance")
    with pytest.raises(TypeError, match=r"KnownDevice\.name"):
        Rows(KnownDevice, 1, ("account_id", "token_hash", "first_at", "last_at"))


def digest(model: type) -> str:
    """A hash of every row of a table, secrets in clear."""
    told = hashlib.sha256()
    numbered = {model._meta.pk.name} if model is AuditRow else set()
    fields = [field for field in model._meta.concrete_fields if field.name not in UNLIKE | numbered]
    for row in model._default_manager.order_by("pk"):
        secrets = [row.reveal("phone")] if model in {Person, Account} else []
        secrets += [row.reveal("id_number")] if model is Person else []
        told.update(repr([*(str(field.value_from_object(row)) for field in fields), *secrets]).encode())
    return told.hexdigest()[:12]
