"""The rows of a roster that are plainly new, column by column: people without a file, who joined before today.

Whoever has a file, or should be told something, goes row by row through `rosters`: the rules stand there. Here stands
what is the same for ten thousand people at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from gongjia.backbone.accounts.queries import with_account
from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships import bulk as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Origin, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people import bulk as people
from gongjia.backbone.people.models import Employment, Person
from gongjia.domains.enrolment import roster_words as words
from gongjia.engines.intake.importers import Many
from gongjia.kernel import bulk, db
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.verbs import note, verb

if TYPE_CHECKING:
    import polars as pl

_LONGEST_JOB = 60


def index(values: "pl.DataFrame") -> list[str]:
    """Under what each row is looked for among those who have a file."""
    return people.index_of(values["id_number"].to_list())


def plain(values: "pl.DataFrame", index: Sequence[str], *, on: date) -> "pl.Series":
    """Which rows are plainly new: nobody has the number, it is whole, and the day of joining is not to come."""
    import polars as pl

    number = values["id_number"]
    known = people.with_file(number.to_list(), index)
    new = ~pl.Series([each in known for each in index], dtype=pl.Boolean) & (number.str.len_chars() == 18)
    if "joined_on" in values.columns:
        new &= (values["joined_on"] <= on).fill_null(value=True)
    return new


def ready(values: "pl.DataFrame") -> "pl.DataFrame":
    """Rows as they are written, and what else is asked of them when they are: sealed here, beside the database."""
    import polars as pl

    given = set(values.columns)

    def text(name: str) -> "pl.Expr":
        return pl.col(name).fill_null("") if name in given else pl.lit("")

    def coded(name: str, codes: Mapping[str, str]) -> "pl.Expr":
        return text(name).replace_strict({zh: str(code) for zh, code in codes.items()}, default="")

    rows = values.with_columns(
        phone=text("phone"),
        ethnicity=text("ethnicity"),
        education=coded("education", words.EDUCATION),
        political=coded("political", words.POLITICAL),
        is_migrant=pl.col("migrant") if "migrant" in given else pl.lit(None, dtype=pl.Boolean),
        joined_on=pl.col("joined_on") if "joined_on" in given else pl.lit(None, dtype=pl.Date),
        form=coded("employment_form", words.FORM),
        group=coded("group", words.GROUP),
        employer=text("employer"),
        job=text("job").str.slice(0, _LONGEST_JOB),
    )
    return people.made_ready(rows)


@verb("enrolment.import_new_members", zh="整批导入新会员", may="memberships.write", on="organisation")
def write(*, organisation: Organisation, rows: "pl.DataFrame", on: date, by: Actor, at: datetime) -> dict[str, Any]:
    """Write files, memberships and employments of people who are plainly new. Returns what `undo` is given back.

    Raises IntegrityError where one of them is written by somebody else at the same time.
    """
    import polars as pl

    db.hold(Organisation, organisation.pk)
    organisation = Organisation._base_manager.get(pk=organisation.pk)
    if why := words.refusal(organisation):
        raise Refused(why)
    made = people.register_all(rows=rows, by=by, at=at)
    joined = pl.col("joined_on").fill_null(on)
    begun = made.with_columns(
        joined_on=joined,
        from_on=pl.max_horizontal(joined, pl.lit(organisation.founded_on, dtype=pl.Date)),
        origin=pl.lit(str(Origin.ROSTER)),
    )
    membership_ids = memberships.start_all(organisation=organisation, rows=begun, by=by, at=at)
    employment_ids = _employed(organisation, made, by=by, at=at)
    note(organisation, rows=made.height)
    return {
        "names": made["name"].to_list(),
        "people": db.runs(made["person_id"].to_list()),
        "memberships": db.runs(membership_ids),
        "employments": db.runs(employment_ids),
    }


def _employed(organisation: Organisation, made: "pl.DataFrame", *, by: Actor, at: datetime) -> list[int]:
    """Employments where the sheet names an employer as the union's coverage does."""
    import polars as pl

    names = made.filter(pl.col("employer") != "")["employer"].unique().to_list()
    covered = Coverage._base_manager.filter(organisation=organisation, until_on=None, employer__name__in=names)
    known = dict(covered.values_list("employer__name", "employer_id"))
    if not known:
        return []
    found = pl.col("employer").replace_strict(known, default=None, return_dtype=pl.Int64)
    rows = made.with_columns(employer_id=found).filter(pl.col("employer_id").is_not_null())
    return people.employ_all(rows=rows, by=by, at=at) if rows.height else []


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────
@verb("enrolment.undo_new_members", zh="整批撤销导入的新会员", may="memberships.write", on="organisation")
def undo(*, organisation: Organisation, facts: Mapping[str, Any], by: Actor, at: datetime) -> list[str]:
    """Take back what `write` wrote, but for whom anything has happened to since: the answer then says what."""
    db.hold(Organisation, organisation.pk)
    numbers, spells = bulk.run_numbers(facts["people"]), bulk.run_numbers(facts["memberships"])
    employments = bulk.run_numbers(facts["employments"])
    kept = _why_kept(organisation, numbers, spells, employments)
    gone = {number for number in numbers if number not in kept}
    if gone:
        begun = [spell for number, spell in zip(numbers, spells, strict=True) if number in gone]
        worked = Employment._base_manager.filter(pk__among=db.Values(employments)).values_list("pk", "person_id")
        memberships.take_back_all(organisation=organisation, membership_ids=begun, by=by, at=at)
        people.unregister_all(
            person_ids=sorted(gone),
            employment_ids=[pk for pk, person_id in worked if person_id in gone],
            by=by,
            at=at,
        )
    note(organisation, rows=len(numbers), kept=len(kept))
    return [kept.get(number, "") for number in numbers]


def _why_kept(
    organisation: Organisation, numbers: Sequence[int], spells: Sequence[int], employments: Sequence[int]
) -> dict[int, str]:
    """person → why the file stays; the persons and their memberships are locked. The first reason is told."""
    people_now = dict(_locked(Person, numbers).values_list("pk", "version"))
    active = _locked(Membership, spells).filter(state=State.ACTIVE, version=1, organisation=organisation)
    untouched = set(active.values_list("pk", "person_id"))
    accounts = with_account(numbers)
    hung = bulk.referred(Person, numbers, aside={Membership: spells, Employment: employments})
    hung_spells = bulk.referred(Membership, spells)
    kept = {}
    for number, spell in zip(numbers, spells, strict=True):
        if number not in people_now:
            kept[number] = words.GONE
        elif (spell, number) not in untouched:
            kept[number] = words.MEMBERSHIP_CHANGED
        elif number in accounts:
            kept[number] = words.SIGNED_IN
        elif people_now[number] != 1:
            kept[number] = words.FILE_CHANGED
        elif number in hung or spell in hung_spells:
            kept[number] = words.MORE_HANGS_ON
    return kept


def _locked(model: type[Model], numbers: Sequence[int]) -> Any:
    return model._base_manager.filter(pk__among=db.Values(numbers)).select_for_update(no_key=True).order_by("pk")


MANY = Many(index, plain, ready, write, undo)
