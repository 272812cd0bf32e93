"""A founding from the first step to the last, one step at a time: who does it, and how."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.founding import election, queries, services, standing
from gongjia.domains.founding.models import Founding
from gongjia.domains.founding.words import Body, ChairBy, Meeting, NumberFrom, Tie, Way
from gongjia.engines.papers.models import SeriesWord
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import entering
from tests import factories

STREET, COUNTY, CLERK = "street", "county", "clerk"
FIRM = "银泉样例物业有限公司"
#: How many members join before the election, and who of them stands for the committee.
MEMBERS, SEATS = 27, 3
#: The days of the walk: the list is shown for more than five working days, holidays or not.
LONG_ENOUGH = timedelta(days=20)


@dataclass
class Town:
    """A street under a county, an employer without a union, and who works there."""

    tree: factories.Tree
    street: Organisation
    firm: Employer
    people: dict[str, factories.Person]
    at: datetime
    members: list[Membership] = field(default_factory=list)

    def actor(self, who: str) -> Actor:
        return factories.actor(self.people[who])

    def does(self, who: str, act: Callable[..., Any], **facts: Any) -> Any:
        """Call a verb as somebody, in what his posts reach."""
        actor = self.actor(who)
        if "founding" in facts:
            facts["founding"] = again(facts["founding"])  # as a page would fetch it
        with entering(actor.reach()):
            return act(by=actor, **{"at": self.at, **facts})


def town(tree: factories.Tree, at: datetime) -> Town:
    street = factories.organisation("浮山街道总工会", tree.county, kind=Kind.TOWNSHIP_UNION)
    person = factories.person("周街道")
    factories.post(person, street, "township_officer")
    firm = factories.employer(FIRM, tree.county, uscc="")
    made = Town(tree, street, firm, {STREET: person, COUNTY: tree.officer}, at)
    for union, word in ((street, "浮山工"), (tree.county, "咸安工")):
        SeriesWord._base_manager.create(organisation=union, word=word, changed_at=at)
    return made


def begun(town: Town, way: Way = Way.SINGLE, **facts: Any) -> Founding:
    facts = {"name": f"{FIRM}工会委员会", "firms": [town.firm], **facts}
    made: Founding = town.does(STREET, services.begin, organisation=town.street, way=way, **facts)
    return made


def written(town: Town, one: Founding, **more: Any) -> Founding:
    facts = {name: getattr(one, name) for name in services.REQUEST}
    facts |= {"head_name": "白小满", "staff_names": "白小满、程守一", **more}
    with entering(town.actor(STREET).reach()):
        heads = {unit.pk: (86, 31) for unit in queries.units_of(one)}
    done: Founding = town.does(STREET, services.write, founding=one, way=Way(one.way), facts=facts, heads=heads)
    return done


def submitted(town: Town, one: Founding) -> Founding:
    done: Founding = town.does(STREET, services.submit, founding=written(town, one))
    return done


REPLY = {"number_from": NumberFrom.HERE, "number": ""}


def approved(town: Town, one: Founding) -> Founding:
    done: Founding = town.does(COUNTY, services.approve, founding=one, on=town.at.date(), **REPLY)
    return done


def joined(town: Town, group: Organisation, *, count: int = MEMBERS, women: int = 9) -> list[Membership]:
    """Members of the group, some of them women; the last of them works for it as its clerk."""
    first = factories.Person._base_manager.count() + 40
    names = [
        f"试{'甲乙丙丁戊己庚辛壬癸'[number // 10]}{'子丑寅卯辰巳午未申酉'[number % 10]}" for number in range(count)
    ]
    made = []
    for number, name in enumerate(names):
        person = factories.person(name, number=first + number)
        person.sex = "female" if number < women else "male"
        person.save(update_fields=["sex"])
        made.append(factories.membership(person, group, from_on=town.at.date(), joined_on=town.at.date()))
    if CLERK not in town.people:
        factories.post(made[-1].person, group, "clerk")
        town.people[CLERK] = made[-1].person
    town.members = made
    return made


PLAN: dict[str, Any] = {
    "has_committee": True,
    "term_years": 3,
    "meeting": Meeting.MEMBERS,
    "chair_by": ChairBy.COMMITTEE,
    "seats": {Body.COMMITTEE: SEATS, Body.FUND_AUDIT: 3, Body.WOMENS: 1},
    "planned_on": None,
    "place": "食堂二楼",
}


def planned(town: Town, one: Founding, **more: Any) -> Founding:
    facts = {**PLAN, "shown_on": town.at.date(), **more}
    done: Founding = town.does(CLERK, election.plan, founding=one, **facts)
    return done


def stands(town: Town, one: Founding, number: int, body: Body, tie: Tie = Tie.NONE) -> Any:
    return town.does(CLERK, election.nominate, founding=one, body=body, membership=town.members[number], tie=tie)


def nominated(town: Town, one: Founding) -> None:
    for number in range(4):
        stands(town, one, number, Body.COMMITTEE)
    for number in range(10, 14):
        stands(town, one, number, Body.FUND_AUDIT)
    stands(town, one, 5, Body.WOMENS)


def later(town: Town) -> datetime:
    return town.at + LONG_ENOUGH


def held(town: Town, **more: Any) -> election.Held:
    facts: dict[str, Any] = {"held_on": later(town).date(), "expected": MEMBERS, "present": 25}
    return election.Held(**{**facts, "scrutineers": "陆知秋", "tellers": "程守一", **more})


def convened(town: Town, one: Founding) -> Founding:
    done: Founding = town.does(CLERK, election.convene, founding=one, meeting=held(town), at=later(town))
    return done


def ahead(one: Founding, body: Body) -> queries.Ahead:
    found = Founding._base_manager.get(pk=one.pk)
    rows = queries.ahead_of(found, queries.candidates_of(found), queries.counts_of(found))
    return next(each for each in rows if each.body is body)


def counted(
    town: Town, one: Founding, body: Body, yes: list[int], *, ballots: int = 25, present: int | None = None, **more: Any
) -> Any:
    """A tally sheet on which the runners, in their order, got so many votes and the others said no."""
    runners = ahead(one, body).runners
    votes = {each.pk: (number, ballots - number, 0) for each, number in zip(runners, yes, strict=True)}
    facts: dict[str, Any] = {"round": ahead(one, body).round, "present": present, "write_ins": {}, "votes": votes}
    facts |= {"issued": ballots, "collected": ballots, "valid": ballots, "void": 0, **more}
    return town.does(CLERK, election.count, founding=one, body=body, at=later(town), **facts)


def elected(town: Town, one: Founding) -> None:
    """All seats filled: the chair by the new committee."""
    counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])
    stands(town, one, 0, Body.CHAIR)
    counted(town, one, Body.CHAIR, [3], ballots=3, present=3)
    counted(town, one, Body.FUND_AUDIT, [23, 21, 19, 5])
    counted(town, one, Body.WOMENS, [25])


def reported(town: Town, one: Founding, *, word: str = "银泉工") -> Founding:
    done: Founding = town.does(CLERK, standing.report, founding=one, word=word, at=later(town))
    return done


def confirmed(town: Town, one: Founding, **more: Any) -> Founding:
    facts = {**REPLY, "on": later(town).date(), "at": later(town), **more}
    done: Founding = town.does(COUNTY, standing.confirm, founding=one, **facts)
    return done


def in_state(town: Town, state: str) -> Founding:
    """A founding that has come to a state the usual way."""
    one = begun(town)
    steps: dict[str, Callable[[], Any]] = {
        "drafting": lambda: None,
        "requested": lambda: submitted(town, one),
        "enrolling": lambda: _with_members(town, approved(town, one)),
        "planned": lambda: nominated(town, planned(town, one)),
        "counting": lambda: convened(town, one),
        "reported": lambda: (elected(town, one), reported(town, one)),
        "standing": lambda: confirmed(town, one),
    }
    aside: dict[str, tuple[str, Callable[[], Any]]] = {
        "returned": ("requested", lambda: _answered(town, one, "return")),
        "refused": ("requested", lambda: _answered(town, one, "refuse")),
        "withdrawn": ("drafting", lambda: town.does(STREET, services.withdraw, founding=one, reason="不建了")),
        "abandoned": ("enrolling", lambda: town.does(COUNTY, services.abandon, founding=one, reason="停业")),
    }
    last, more = aside.get(state, (state, lambda: None))
    for name, step in steps.items():
        step()
        if name == last:
            break
    more()
    return again(one)


def _with_members(town: Town, one: Founding) -> None:
    assert one.group_id is not None
    joined(town, Organisation._base_manager.get(pk=one.group_id))


def _answered(town: Town, one: Founding, code: str) -> None:
    town.does(COUNTY, services.answer, founding=one, move_code=code, reason="请补职工代表")


def again(one: Founding) -> Founding:
    return Founding._base_manager.select_related("organisation", "counterpart", "group").get(pk=one.pk)
