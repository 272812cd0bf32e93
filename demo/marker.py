"""Marks the rows of a county that is foreign to most personas, so that tests of the doors can look for the mark."""

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat

from demo.casts import ELSEWHERE
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.models import Person
from gongjia.kernel.db import within
from gongjia.kernel.reach import everywhere

MARK = "〔境外标记〕"


def plant(county: str = ELSEWHERE) -> str:
    """Put the mark behind the names of the county's organisations, employers and members; returns the path of it all.

    A person who is or was a member elsewhere as well is not marked: others may rightly see that name.
    """
    with everywhere(reason="plant marks for the tests of the doors"):
        federation = Organisation.objects.get(region__code=county, kind=Kind.FEDERATION)
        inside = (federation.path,)
        _mark(Organisation.objects.filter(within("path", inside)))
        _mark(Employer.objects.filter(within("organisation__path", inside)))
        members = Membership.objects.filter(within("organisation__path", inside)).values("person_id")
        others = Membership.objects.exclude(within("organisation__path", inside)).values("person_id")
        _mark(Person.objects.filter(pk__in=members).exclude(pk__in=others).exclude(account__isnull=False))
    return federation.path


def _mark(rows: QuerySet[Organisation] | QuerySet[Employer] | QuerySet[Person]) -> None:
    rows.update(name=Concat(F("name"), Value(MARK)))
