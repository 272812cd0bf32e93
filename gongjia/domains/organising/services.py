"""The verbs of comparing and of leads."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.employers.words import Source
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.organising import params, queries, rules, worklist
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.flow import FROM_REFUSAL, WORK, move_after
from gongjia.domains.organising.models import Lead, LeadStep, Visit
from gongjia.domains.organising.recheck import state_before
from gongjia.domains.organising.words import LEFT, NOT_TAKEN_UP, UNDER_WAY, LeadState, Outcome
from gongjia.engines.casework.flow import Move
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.messages.services import tell
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.identity import in_words
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import question
from gongjia.kernel.references import new_reference
from gongjia.kernel.verbs import note, verb

#: So many leads are handed over in one transaction; more go in steps, in the background.
MOST_AT_ONCE = 200


@verb("organising.assign", zh="派发线索", may="organising.assign", on="to")
def assign(
    *, leads: Sequence[Lead], to: Organisation, due_on: date | None, by: Actor, at: datetime, key: str = ""
) -> int:
    """Hand leads to the union that answers for the place. The right is needed where they are, and where they go.

    Leads that somebody took up meanwhile, and those that were handed there already, are left alone; refused when none
    is left. Returns how many went over.
    """
    waiting = Lead._base_manager.filter(pk__in=[lead.pk for lead in leads], state__in=NOT_TAKEN_UP)
    waiting = waiting.exclude(organisation=to, state=LeadState.ASSIGNED)
    held = list(waiting.select_for_update(of=("self",)).select_related("organisation").order_by("pk"))
    for path in {lead.organisation.path for lead in held}:
        by.require("organising.assign", path=path)
    if not held:
        raise Refused("这些线索已经由别人办理，请刷新后再看。")
    numbers = [lead.pk for lead in held]
    rows = Lead._base_manager.filter(pk__in=numbers)
    handed = {"organisation": to, "state": LeadState.ASSIGNED, "assigned_at": at, "due_on": due_on, "owner": None}
    rows.update(**handed, progressed_on=today_of(at), version=F("version") + 1)
    changed("leads", before=shares_of_leads(held), after=shares_of_leads(rows))
    note(to, count=len(held), lead_ids=numbers[:500])
    return len(held)


@verb("organising.hand_over", zh="派发多条线索", may="organising.assign", on="organisation")
def hand_over(
    *,
    organisation: Organisation,
    picked: Sequence[str],
    asked: Mapping[str, Any],
    to: Organisation | None,
    due_on: date | None,
    by: Actor,
    at: datetime,
    key: str = "",
) -> dict[str, Any]:
    """Hand the leads that were picked (by reference), or without any all of a filter, to `to`, or (None) each to the
    union of its place. `organisation` is the asker's own.

    Returns what came of it: `waiting` where the background does it, else `gone`, `there` (those that `to` had
    already), `left` (the others), `unions` (names) and the reasons of those that were refused.
    """
    all_of_them = queries.to_hand_over(dict(asked), to=to)[: MOST_AT_ONCE + 1]
    rows = queries.picked(list(picked)) if picked else list(all_of_them)
    if len(rows) > MOST_AT_ONCE:
        facts = {"organisation": organisation, "asked": asked, "to": to, "due_on": due_on}
        return {"waiting": assign_all(**facts, by=by, at=at)}  # type: ignore[arg-type]
    gone, unions, refused = 0, [], list[str]()
    for union, some in queries.by_union(rows, to=to).items():
        try:
            gone += assign(leads=some, to=union, due_on=due_on, by=by, at=at)
            unions.append(union.name)
        except Refused as reasons:
            refused += reasons.reasons
    note(organisation, count=gone)
    there = sum(queries.is_there(each, to) for each in rows) if to else 0
    return {"gone": gone, "there": there, "left": len(rows) - there - gone, "unions": unions, "refused": refused}


@verb("organising.assign_all", zh="派发符合条件的全部线索", may="organising.assign", on="organisation")
def assign_all(
    *,
    organisation: Organisation,
    asked: Mapping[str, Any],
    to: Organisation | None,
    due_on: date | None,
    by: Actor,
    at: datetime,
    key: str = "",
) -> int:
    """Ask that all leads of a filter go to `to`, or (None) each to the union of its place: the background does it in
    steps, and tells the asker when it is done. `organisation` is the asker's own. Returns how many wait now; refused
    when there is none, and where the right is missing at `to`.
    """
    if to is not None:
        by.require("organising.assign", path=to.path)
    rows = queries.to_hand_over(dict(asked), to=to)
    count, last = rows.count(), rows.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        raise Refused("符合条件的线索里，没有可以派发的。请换一个条件。")
    step: dict[str, Any] = {
        "asked": {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()},
        "to_id": to.pk if to else None,
        "due_on": due_on.isoformat() if due_on else "",
        "account_id": by.account_id,
        "person_id": by.person_id,
        "organisation_id": organisation.pk,
        "sending": new_reference(),
        "last": last,
    }
    events.emit("organising.assign_asked", key=f"assign-{step['sending']}-0", at=at, after=0, done=0, left=0, **step)
    note(organisation, count=count, to_id=step["to_id"])
    return count


@verb("organising.entrust", zh="确定线索的责任人", may="organising.work", on="lead")
def entrust(
    *,
    lead: Lead,
    owner: Person,
    next_on: date | None,
    by: Actor,
    at: datetime,
    key: str = "",
    version: int | None = None,
) -> Lead:
    """Name who works on a lead, and when the employer is met next; the owner is told. Refused for somebody who has no
    post at the union that has the lead. `version` is the one that the form was made from, here and below."""
    _require_version(lead, version, "owner", "next_on")
    _require_under_way(lead)
    if owner.pk not in {each.pk for each in worklist.owners_at(lead.organisation, on=today_of(at))}:
        raise Refused(
            f"{owner.name}在{lead.organisation.name}没有能办理线索的职务，请从名单里选一位。", fields=["owner"]
        )
    is_new = lead.owner_id != owner.pk
    _take(lead, owner=owner, next_on=next_on)
    note(lead, owner_id=owner.pk)
    if is_new and owner.pk != by.person_id:
        when = f"，请在 {next_on.year}年{next_on.month}月{next_on.day}日 前联系" if next_on else ""
        path = reverse("organising:lead", args=[lead.reference])
        title = f"请您负责：{lead.name[:40]}"
        tell(
            person=owner,
            organisation=lead.organisation,
            title=title,
            body=f"这家单位还没有建会{when}。",
            path=path,
            by=by,
            at=at,
        )
    return lead


def _next_after(facts: rules.Said, lead: Lead) -> date | None:
    """When the employer is met next: what the visit says, or the day that was agreed before and is still to come."""
    is_ahead = lead.next_on is not None and lead.next_on > facts.on
    return facts.next_on or (lead.next_on if is_ahead else None)


@verb("organising.place", zh="更正线索的地点", may="organising.work", on="lead")
def place_lead(
    *,
    lead: Lead,
    township: str,
    community: str,
    site_kind: str,
    site: str,
    by: Actor,
    at: datetime,
    key: str = "",
    version: int | None = None,
) -> Lead:
    """Say where the employer is: codes of township and community, and the park, building, market, street or small town.
    What a person said stands; later comparisons read the address no more."""
    _require_version(lead, version, "township", "community", "site_kind", "site")
    _require_under_way(lead)
    regions = worklist.regions_of(township, community)
    if bool(site) != bool(site_kind):
        raise Refused("园区、楼宇、市场、商街要同时填类别和名称。", fields=["site"])
    facts = {"township": regions[0], "community": regions[1], "site_kind": site_kind, "site": site}
    _take(lead, **facts, is_placed_by_hand=True)
    return lead


@verb("organising.export", zh="导出工作清单", may="organising.see", on="organisation")
def export_leads(*, organisation: Organisation, asked: Mapping[str, Any], by: Actor, at: datetime) -> bytes:
    """The work list of a filter as a workbook. Refused above worklist.MOST_EXPORTED rows, and for none."""
    rows = list(queries.leads(**asked).order_by("-most", "-pk")[: worklist.MOST_EXPORTED + 1])
    if not rows:
        raise Refused("没有符合条件的单位，没有可以导出的。")
    if len(rows) > worklist.MOST_EXPORTED:
        raise Refused(f"一次最多导出 {worklist.MOST_EXPORTED:,} 家。请先按乡镇、规模或进展缩小范围。")
    note(organisation, count=len(rows))
    return worklist.workbook(rows, on=today_of(at))


@verb("organising.ask_founding", zh="申请筹建", may="organising.work", on="lead")
def ask_founding(*, lead: Lead, by: Actor, at: datetime, key: str = "", version: int | None = None) -> Lead:
    """Begin to found a union for a lead: the employer is registered with the numbers of the lists, and whoever founds
    unions is told (工会法 2021 第十二条: the superior approves every union). Asked again, nothing doubles."""
    _require_version(lead, version, "state", "progress")
    if lead.state not in NOT_TAKEN_UP:
        raise Refused(f"这条线索现在是“{lead.get_state_display()}”，不能再申请筹建。")
    _require_as_shown(lead, Lead._base_manager.get(pk=lead.pk))
    employer = lead.employer or _registered(lead, by=by, at=at)
    if employers.is_covered(employer.pk):
        raise Refused(f"“{employer.name}”已由其他工会覆盖：一个单位同一时间只属于一个工会，不能再申请筹建。")
    is_new = lead.employer_id is None
    _take(lead, employer=employer, progressed_on=today_of(at))
    _require_free(lead, employer)
    _count_heads(lead, employer, by=by, at=at)
    events.tell("organising.founding_asked", organisation=lead.organisation, employer=employer, by=by, at=at)
    if is_new:
        _keep_step(lead, Move("ask", "申请筹建", (), lead.progress, ""), by=by, at=at, words="")
    note(lead, employer_id=employer.pk)
    return lead


@verb("organising.reopen", zh="恢复线索", may="organising.work", on="lead")
def reopen(*, lead: Lead, reason: str, by: Actor, at: datetime, key: str = "") -> Lead:
    """Take back that a lead was set aside, or does not fit: it stands as it did before. Refused for any other."""
    if lead.state not in LEFT:
        raise Refused(f"这条线索现在是“{lead.get_state_display()}”，不用恢复。")
    before = _take(lead, state=state_before(lead), reason=f"恢复：{reason}"[:200])
    changed("leads", before=before, after=shares_of_leads([lead]))
    _keep_step(lead, Move("reopen", "恢复办理", (), lead.progress, ""), by=by, at=at, words=reason)
    return lead


@verb("organising.set_aside", zh="暂缓或排除线索", may="organising.work", on="lead")
def set_aside(
    *, lead: Lead, unfit: bool, reason: str, by: Actor, at: datetime, key: str = "", version: int | None = None
) -> Lead:
    """Leave a lead for now, or say that it does not fit; the next comparison looks at it again."""
    _require_version(lead, version, "state", "progress")
    if lead.state not in UNDER_WAY:
        raise Refused(f"这条线索现在是“{lead.get_state_display()}”。")
    before = _take(lead, **_leaving(lead, unfit=unfit, reason=reason, on=today_of(at)))
    changed("leads", before=before, after=shares_of_leads([lead]))
    move = Move("set_aside", f"记为{LeadState(lead.state).label}", (), lead.progress, "")
    _keep_step(lead, move, by=by, at=at, words=reason)
    return lead


def _leaving(lead: Lead, *, unfit: bool, reason: str, on: date, code: str = "") -> dict[str, Any]:
    """What is kept of a lead that is left, for the comparison that looks at it again (rules.looks_again)."""
    state = LeadState.UNFIT if unfit else LeadState.SET_ASIDE
    kept = {"aside_code": code, "aside_on": on, "aside_most": lead.most}
    return {"state": state, "reason": reason[:200], "next_on": None, **kept}


@verb("organising.visit", zh="记录走访", may="organising.work", on="lead")
def record_visit(*, lead: Lead, said: dict[str, Any], by: Actor, at: datetime, key: str = "") -> Visit:
    """Keep a visit (the fields of rules.Said) and what it makes of the lead. Refused with the fields that are wrong.

    A form that a bad connection sends twice is kept once, by its key.
    """
    _require_under_way(lead)
    if lead.state == LeadState.FOUNDING:
        raise Refused("这家单位已经在筹建，走访情况请记在筹备组。")
    today, facts = today_of(at), rules.Said(**said)
    if wrong := rules.wrong_with(facts, today=today, at_least=params.listed_headcount(on=today)):
        raise Refused(*wrong.values(), fields=list(wrong))
    visit = Visit.objects.create(
        lead=lead, organisation=lead.organisation, by_person_id=by.person_id, made_at=at, **asdict(facts)
    )
    made = move_after(facts.outcome, lead.progress)
    changes: dict[str, Any] = {"progress": made.to_state} if made else {}
    changes |= {"progressed_on": max(facts.on, lead.progressed_on or facts.on), "next_on": _next_after(facts, lead)}
    if facts.has_migrants is not None:
        changes["has_migrants"] = facts.has_migrants
    if rules.ends_work(facts.outcome):
        reason = f"走访：{Outcome(facts.outcome).label}。{facts.words}"
        changes |= _leaving(lead, unfit=True, reason=reason, on=facts.on, code=facts.outcome)
    before = _take(lead, **changes)
    changed("leads", before=before, after=shares_of_leads([lead]))
    move = made or Move("visit", f"走访，{visit.get_outcome_display()}", (), lead.progress, "")
    _keep_step(lead, move, by=by, at=at, words=facts.words, visit=visit)
    note(lead, visit_id=visit.pk, outcome=facts.outcome)
    return visit


@verb("organising.step", zh="办理拒绝建会", may="organising.work", on="lead")
def take_step(
    *, lead: Lead, move_code: str, words: str, by: Actor, at: datetime, key: str = "", version: int | None = None
) -> Lead:
    """A step on the way from a refusal: written reminder, report to the superior union, request to the labour authority
    (工会法 2021 第五十一条). Refused from where it does not lead on; the move may ask for another permission."""
    _require_version(lead, version, "state", "progress")
    _require_under_way(lead)
    if move_code not in FROM_REFUSAL:
        raise Refused("没有认出要办哪一步，不能办。请刷新后，用页面上的按钮办理。")
    move = WORK.move(move_code)
    by.require(move.may, path=lead.organisation.path)
    if lead.progress not in move.from_states:
        raise Refused(f"现在的进展是“{lead.get_progress_display()}”，不能办“{move.zh}”。请刷新后再看。")
    if not words:
        raise Refused(f"请写明{move.needs['reason']}。", fields=["words"])
    _take(lead, progress=move.to_state, progressed_on=today_of(at))
    _keep_step(lead, move, by=by, at=at, words=words)
    if move_code == "report":
        events.emit("organising.reported", key=f"report-{lead.pk}-{lead.version}", at=at, lead_id=lead.pk)
    note(lead, move=move_code)
    return lead


def _keep_step(lead: Lead, move: Move, *, by: Actor, at: datetime, words: str, visit: Visit | None = None) -> None:
    LeadStep.objects.create(
        lead=lead,
        organisation=lead.organisation,
        visit=visit,
        move=move.code,
        zh=move.zh,
        progress=move.to_state,
        at=at,
        by_person_id=by.person_id,
        words=words,
    )


def _require_under_way(lead: Lead) -> None:
    if lead.state not in UNDER_WAY:
        raise Refused(f"这条线索现在是“{lead.get_state_display()}”，不再办理。")


def _require_version(lead: Lead, version: int | None, *names: str) -> None:
    """Refused, with what stands in the fields now, for a form that was made from an older version of the lead."""
    if version is not None and version != lead.version:
        now = "，".join(
            f"{zh}：{word}" for zh, word in in_words(Lead, {each: getattr(lead, each) for each in names}).items()
        )
        raise Refused(f"这条线索刚刚由别人办理过，您填的没有写进去。现在是——{now}。请核对后再提交。")


def _require_as_shown(lead: Lead, held: Lead) -> None:
    if (held.version, held.state, held.organisation_id) != (lead.version, lead.state, lead.organisation_id):
        raise Refused("这条线索刚刚由别人办理过，请刷新后再看。")


def _take(lead: Lead, **facts: Any) -> list[Share]:
    """Write to a lead as it was shown; returns what it gave to its figure until now.

    Refused when somebody else, or a comparison, has decided about it since.
    """
    held = Lead._base_manager.select_for_update().get(pk=lead.pk)
    _require_as_shown(lead, held)
    before = shares_of_leads([held])
    Lead._base_manager.filter(pk=lead.pk).update(version=F("version") + 1, **facts)
    lead.version, lead.size = held.version + 1, held.size
    for name, value in facts.items():
        setattr(lead, name, value)
    return before


def _known(lead: Lead) -> Employer | None:
    """The employer in the register: by its code, or where the lists gave no right one the only one of that name."""
    if lead.uscc and not lead.has_wrong_code:
        return Employer.objects.filter(uscc=lead.uscc).first()
    within_reach = db.within("organisation__path", (lead.organisation.path,))
    named = Employer.objects.filter(within_reach, name=lead.name)[:2]
    return named[0] if len(named) == 1 else None


def _require_free(lead: Lead, employer: Employer) -> None:
    if has_other_lead(employer.pk, lead.pk):
        raise Refused(f"“{employer.name}”已经有另一条线索在筹建，不能再批复一次。")


@question("organising.has_other_lead")
def has_other_lead(employer_id: int, lead_id: int) -> bool:
    """Whether an employer is the employer of another lead, whoever has that."""
    return Lead.objects.filter(employer_id=employer_id).exclude(pk=lead_id).exists()


def _registered(lead: Lead, *, by: Actor, at: datetime) -> Employer:
    """The employer of a lead in the register: the one with its code, or a new one."""
    return _known(lead) or employers.register(
        organisation=lead.organisation,
        name=lead.name[:120],
        region=lead.organisation.region,
        uscc="" if lead.has_wrong_code else lead.uscc,
        address=lead.address,
        source=Source.MARKET_REGULATION,
        source_on=lead.found_on,
        by=by,
        at=at,
    )


def _count_heads(lead: Lead, employer: Employer, *, by: Actor, at: datetime) -> None:
    """The numbers of the lists go into the employer's file, each with its source and day."""
    for source, count, on in (
        (Source.SOCIAL_INSURANCE, lead.insured, lead.insured_on),
        (Source.TAX, lead.taxed, lead.taxed_on),
        (Source.DECLARED, lead.declared, lead.declared_on),
    ):
        if count is not None:
            day = on or lead.found_on
            employers.count_heads(employer=employer, source=source, on=day, count=count, by=by, at=at)
