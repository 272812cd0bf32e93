"""The people of the city, union by union: persons, where they work, their memberships; nobody is held for long."""

from datetime import date
from typing import NamedTuple

from demo.casts import HOME
from demo.lives import Life, Lives, Spell, Workforce, birthday, leaf_of, since
from demo.names import Person as Coined
from demo.names.draw import table
from demo.names.people import births
from demo.work import weighed, work
from demo.world import Cast, City, Firm, Persona, Union
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin, State
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.people.words import EmploymentForm, Sex
from gongjia.backbone.posts.words import Role
from gongjia.kernel.pinyin import initials, pinyin_key

ENDED_SHARE = 0.045
"""Beside the members of today, so many whose membership has ended."""
JOBLESS_DAYS = 150
"""Who was of working age and had no employer is kept since then."""
WITHOUT_PHONE = 0.012
WITHOUT_NUMBER = 0.003
REPORT_EVERY = 100_000
MOSTLY = {
    **dict.fromkeys(("courier", "food_deliverer", "ride_hailing_driver"), 0.12),
    **dict.fromkeys(("truck_driver", "security_guard"), 0.06),
    **dict.fromkeys(("domestic_worker", "nursing_carer"), 0.9),
}
"""The share of women where it is far from that of the section."""
#: How the coined names say it, and how the register does.
SEX = {"f": Sex.FEMALE, "m": Sex.MALE}
GRADUATES = {"college": 21, "bachelor": 22, "postgraduate": 25}
"""The age from which somebody may have this education."""
FORMS = {
    "public": table({"establishment": 72, "contract": 22, "dispatched": 6}, 100),
    "other": table({"contract": 86, "dispatched": 9, "flexible": 5}, 100),
    "new": table({"new_form": 66, "contract": 24, "flexible": 10}, 100),
}
WITHOUT_EMPLOYER = table(
    {
        "": 60,
        "truck_driver": 11,
        "food_deliverer": 8,
        "courier": 5,
        "ride_hailing_driver": 6,
        "domestic_worker": 7,
        "livestream_host": 2,
        "nursing_carer": 1,
    },
    100,
)
ORIGINS = (
    table({Origin.PAPER.value: 88, Origin.OFFICER.value: 12}, 100),
    table({Origin.ROSTER.value: 58, Origin.PAPER.value: 24, Origin.OFFICER.value: 18}, 100),
    table({Origin.POSTER.value: 44, Origin.ROSTER.value: 34, Origin.OFFICER.value: 22}, 100),
)
"""Before 2013, before 2020, since."""


class Candidate(NamedTuple):
    """An active member, for the posts of the union."""

    person_id: int
    sex: str
    from_on: date
    at: Union


class Enrolment:
    """Writes the members of one union after the other."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._draw = city.draw("members")
        self._lives = Lives(city)
        self._today = city.today.toordinal()
        self._persons = city.rows(
            Person,
            *("name", "pinyin_key", "initials", "id_number", "phone", "sex", "birth_on", "ethnicity"),
            *("education", "political", "skill_level", "is_migrant"),
        )
        self._employments = city.rows(
            Employment, "person_id", "employer_id", "job", "form", "group", "from_on", "until_on"
        )
        self._memberships = city.rows(
            Membership,
            *("person_id", "organisation_id", "state", "group", "form", "origin", "joined_on", "from_on", "until_on"),
            *("retained_on", "ending", "continued_from_id", "pinyin_key"),
        )

    def members_of(self, union: Union) -> list[Candidate]:
        """Write everybody who came to the union first; returns those who may hold its posts."""
        workforce, candidates = Workforce(union), []
        ended = int(union.size * ENDED_SHARE + self._draw.random())
        for number in range(union.size + ended):
            firm = workforce.one(self._draw)
            if number < len(union.cast):
                self._persona(union, firm, union.cast[number])
                continue
            person = self._somebody(union, firm)
            life = self._lives.live(union, leaf_of(union, number % union.size / union.size), firm, person)
            if number >= union.size:
                self._lives.leave(life)
            person_id = self._write(person, life)
            last = life.spells[-1]
            if last.state == State.ACTIVE and union.ended is None:
                candidates.append(Candidate(person_id, person.sex, date.fromordinal(last.from_on), last.at))
        return candidates

    def _persona(self, union: Union, firm: Firm | None, cast: Cast) -> None:
        person = self._city.people.coin(county=HOME, sex=cast.sex, year=cast.year, name=cast.name)
        leaf = union.leaves[cast.leaf] if union.leaves else union
        person_id = self._write(person, self._lives.cast(union, leaf, firm, person, cast), cast.job)
        above = union.superior if cast.role and cast.role != Role.CHAIR else None
        self._city.personas[cast.username] = Persona(person_id, person.phone, union, above or union)

    def _somebody(self, union: Union, firm: Firm | None) -> Coined:
        """A person of an age to have been a member while the union stood, and of the sex that the work has."""
        draw, city = self._draw, self._city
        section = firm.coined.industry[0] if firm else "O"
        share = MOSTLY.get(firm.group if firm else union.group, work()["women"][section])
        sex = "f" if draw.random() < share else "m"
        first, last = since(firm, union), union.ended.toordinal() if union.ended else self._today
        for _ in range(50):
            year = draw.one(births((sex,)))[1]
            if self._lives.suits(year, sex, first, last):
                break
        county = firm.coined.county if firm else union.county
        return city.people.coin(county=county, sex=sex, year=year)

    def _write(self, person: Coined, life: Life, job: str = "") -> int:
        """Write a person with all that is known; returns the id. Who has a `job` written down lacks nothing."""
        draw = self._draw
        first = life.spells[0].firm
        service = "public" if first and first.is_public else "other"
        section = first.coined.industry[0] if first else "O"
        key = pinyin_key(person.name)
        person_id = self._persons.add(
            *(person.name, key, initials(person.name)),
            person.identity_number if job or draw.random() > WITHOUT_NUMBER else "",
            person.phone if job or draw.random() > WITHOUT_PHONE else "",
            *(SEX[person.sex], person.born, person.ethnicity),
            self._education(person, life, service),
            "league" if person.born.year >= 1998 and draw.random() < 0.55 else draw.one(weighed("political", service)),
            draw.one(weighed("skill")) if section in "BCDEG" else "",
            draw.random() < work()["migrants"][section],
        )
        if person_id % REPORT_EVERY == 0:
            self._city.report(f"已写入 {person_id:,} 人")
        self._write_spells(person_id, life, key, job)
        return person_id

    def _education(self, person: Coined, life: Life, service: str) -> str:
        """Who began to work before the age of a graduate went to a secondary school."""
        generation = "before_1980" if person.born.year < 1980 else "since"
        education = self._draw.one(weighed("education", service, generation))
        began = life.spells[0].from_on
        return education if began >= birthday(person.born, GRADUATES.get(education, 0)) else "senior"

    def _write_spells(self, person_id: int, life: Life, key: str, job: str) -> None:
        joined = life.spells[0].from_on
        before: int | None = None
        start = self._employed_since(life)
        for number, spell in enumerate(life.spells):
            if number and spell.firm is not life.spells[number - 1].firm:
                start = spell.from_on
            group, form, work_done = self._work(spell.firm, spell.at)
            follows = life.spells[number + 1] if number + 1 < len(life.spells) else None
            until = None
            if spell.firm and (follows is None or follows.firm is not spell.firm):
                until = follows.from_on if follows else self._employed_until(life, spell, start)
                self._employments.add(
                    *(person_id, spell.firm.id, job or work_done, form, group, day(start), until and day(until))
                )
            retained = self._retained_on(life, spell, until)
            before = self._memberships.add(
                *(person_id, spell.at.id, spell.state.value, group, form, self._origin(number, joined)),
                *(day(joined), day(spell.from_on), spell.until_on and day(spell.until_on)),
                *(retained and day(retained), spell.ending.value, before, key),
            )

    def _retained_on(self, life: Life, spell: Spell, left_work: int | None) -> int | None:
        """From when a membership was only kept: the end of work or of working age; None for one that never was."""
        if spell.state != State.RETAINED or spell.retained_on:
            return spell.retained_on
        retired = life.retired if life.retired <= self._today else self._today - JOBLESS_DAYS
        return max(spell.from_on, left_work or retired)

    def _work(self, firm: Firm | None, at: Union) -> tuple[str, str, str]:
        """Group of new employment, form of employment and job, as the employer's trade has them."""
        draw = self._draw
        if firm is None:
            group = at.group or draw.one(WITHOUT_EMPLOYER)
            return group, EmploymentForm.NEW_FORM.value if group else EmploymentForm.FLEXIBLE.value, ""
        group = firm.group
        if group and draw.random() < 0.78:
            return group, draw.one(FORMS["new"]), draw.one(work()["group_jobs"][group])
        return (
            "",
            draw.one(FORMS["public" if firm.is_public else "other"]),
            draw.early(work()["jobs"][firm.coined.industry[0]]),
        )

    def _origin(self, number: int, joined: int) -> str:
        """On paper in the old days, by sheets and posters since."""
        if number:
            return Origin.TRANSFER.value
        year = date.fromordinal(joined).year
        return self._draw.one(ORIGINS[0 if year < 2013 else 1 if year < 2020 else 2])

    def _employed_since(self, life: Life) -> int:
        """Up to four years before the person joined."""
        spell = life.spells[0]
        founded = spell.firm.founded.toordinal() if spell.firm else 0
        return min(spell.from_on, max(life.adult, founded, spell.from_on - int(self._draw.random() * 1460)))

    def _employed_until(self, life: Life, spell: Spell, start: int) -> int | None:
        if spell.ending in {Ending.DIED, Ending.TRANSFERRED}:
            return spell.until_on
        if life.retired <= self._today:
            return max(start, life.retired)
        if spell.state == State.RETAINED:
            return max(start, self._today - int(self._draw.random() * 300))
        return None


def day(ordinal: int) -> date:
    return date.fromordinal(ordinal)
