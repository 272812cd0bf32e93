"""The pages on which officers change organisations, employers and posts: one form, what it brings about, one button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.employers import services as employer_services
from gongjia.backbone.employers.words import Source
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations import services
from gongjia.backbone.posts import queries as post_queries
from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.words import SINGLE, STRICT, Role
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request
from gongjia.portals.work.forms import (
    AmendForm,
    AppointForm,
    CoverForm,
    DissolveForm,
    EndPostForm,
    FoundForm,
    HeadsForm,
    MergeForm,
    MoveForm,
    UncoverForm,
    UnionField,
)

Facts = dict[str, Any]
Done = Callable[[Facts], str]


@dataclass(frozen=True)
class Check:
    """What was understood, line by line, what to know before, and the button that acts."""

    lines: list[tuple[str, str]]
    notes: tuple[str, ...]
    submit_zh: str


def union_found(request: Request, *, subject: Any) -> HttpResponse:
    """Set up an organisation under this one."""
    form = FoundForm(request.POST or None, superior_kind=subject.kind, today=request.at.date())

    def act(facts: Facts) -> None:
        services.found(superior=subject, region=subject.region, **facts, **by_of(request))

    words: Facts = {"title": "成立下级工会", "why": "成立以后进入组织树，可以登记任职、覆盖单位、请职工入会。"}
    return act_page(request, subject, form, act, **words, submit_zh="登记成立", done="已经登记成立。")


def union_amend(request: Request, *, subject: Any) -> HttpResponse:
    """Change the plain facts of an organisation."""
    form = AmendForm(request.POST or None, initial=AmendForm.of(subject))

    def act(facts: Facts) -> None:
        version = facts.pop("version")
        services.amend(organisation=subject, version=version, changes=facts, **by_of(request))

    words: Facts = {"title": "修改登记信息", "why": "改动会留下记录；类型、上级和届次不在这里改。"}
    return act_page(request, subject, form, act, **words, submit_zh="保存", done="已经保存。")


def union_move(request: Request, *, subject: Any) -> HttpResponse:
    """Put a union under another superior: first which one that is and what goes along, then the act."""
    not_own(request, subject)
    form = MoveForm(request.POST or None, today=request.at.date())

    def act(facts: Facts) -> None:
        services.move(organisation=subject, **facts, **by_of(request))

    def checked(facts: Facts) -> Check:
        superior = facts["superior"]
        lines = [("移动的工会", subject.name), ("新的上级工会", _in_full(superior)), *_when_and_why(facts)]
        return Check(lines, (), f"确认移到“{superior.name}”之下")

    why = "先看会带走什么，再办理。过去某一天的名单仍按当时的隶属关系；汇总数字从此随它归到新的上级。"
    extra: Facts = {"carried": organisations.what_moves_with(subject), "carried_zh": "会一起移动"}
    words: Facts = {"title": "换上级工会", "why": why, "submit_zh": "下一步：核对"}
    done: Done = lambda facts: f"“{subject.name}”已经移到“{facts['superior'].name}”之下。"  # noqa: E731
    return act_page(request, subject, form, act, check=checked, done=done, **words, **extra)


def union_merge(request: Request, *, subject: Any) -> HttpResponse:
    """End an organisation and hand over what it has: first to whom, and what goes along."""
    not_own(request, subject)
    form = MergeForm(request.POST or None, today=request.at.date())

    def act(facts: Facts) -> None:
        services.merge(organisation=subject, **facts, **by_of(request))

    def checked(facts: Facts) -> Check:
        into = facts["into"]
        lines = [("被合并的工会", subject.name), ("由哪个工会承接", _in_full(into)), *_when_and_why(facts)]
        notes = (f"合并以后“{subject.name}”不再存在，不能恢复；过去的记录保留。",)
        return Check(lines, notes, f"确认合并到“{into.name}”")

    words: Facts = {"title": "合并到别的工会", "why": "会员、单位和下级组织转到承接的工会；两边过去的记录都保留。"}
    extra: Facts = {"carried": organisations.what_moves_with(subject), "carried_zh": "会转到承接的工会"}
    done: Done = lambda facts: f"“{subject.name}”已经合并到“{facts['into'].name}”。"  # noqa: E731
    return act_page(request, subject, form, act, check=checked, submit_zh="下一步：核对", done=done, **words, **extra)


def not_own(request: Request, subject: Any) -> None:
    """Raises Refused for the organisation in whose name one acts: its superior decides about its place and its end."""
    if subject.pk in {held.organisation_id for held in request.actor.posts}:
        raise Refused(f"您在“{subject.name}”任职，不能自己办理它的隶属、合并或撤销，请上一级工会办理。")


def _in_full(organisation: Any) -> str:
    return f"{organisation.name}（{organisation.get_kind_display()}，{organisation.region.name}）"


def _day_zh(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _when_and_why(facts: Facts) -> list[tuple[str, str]]:
    found = [("从哪一天起", _day_zh(facts["on"]))]
    found += [(zh, facts[name]) for name, zh in (("reason", "原因"), ("approval_number", "批复文号")) if name in facts]
    return found


def union_dissolve(request: Request, *, subject: Any) -> HttpResponse:
    """End an organisation whose unit has ended."""
    not_own(request, subject)
    form = DissolveForm(request.POST or None, today=request.at.date())

    def act(facts: Facts) -> None:
        services.dissolve(organisation=subject, **facts, **by_of(request))

    why = "基层工会所在的单位终止或者被撤销，工会相应撤销，并报上一级工会（工会法第十三条）；会员的会籍由上级工会保留。"
    extra: Facts = {"carried": organisations.what_moves_with(subject), "carried_zh": "受影响的"}
    words: Facts = {"title": "撤销工会", "why": why, "submit_zh": "确认撤销", "done": "已经撤销。"}
    return act_page(request, subject, form, act, **words, **extra)


def employer_heads(request: Request, *, subject: Any) -> HttpResponse:
    """What was counted on a visit stands beside the numbers of other sources."""
    form = HeadsForm(request.POST or None, today=request.at.date())

    def act(facts: Facts) -> None:
        employer_services.count_heads(employer=subject, source=Source.VISIT, **facts, **by_of(request))

    words: Facts = {"title": "登记走访核实的人数", "why": "原来各来源的人数都保留，走访核实的并列在旁边。"}
    return act_page(request, subject, form, act, **words, submit_zh="登记", done="已经登记。")


def employer_cover(request: Request, *, subject: Any) -> HttpResponse:
    """Say which union covers an employer; of one that is covered, that it ends."""
    coverage = employers.coverage_of(subject)
    if coverage is not None:
        form: forms.Form = UncoverForm(request.POST or None, today=request.at.date())

        def end(facts: Facts) -> None:
            employer_services.uncover(coverage=coverage, **facts, **by_of(request))

        words: Facts = {"title": "结束覆盖", "why": f"现在由“{coverage.organisation.name}”覆盖；过去的记录保留。"}
        return act_page(request, subject, form, end, **words, submit_zh="确认结束", done="覆盖已经结束。")
    form = CoverForm(request.POST or None, today=request.at.date())

    def cover(facts: Facts) -> None:
        employer_services.cover(organisation=facts.pop("union"), employer=subject, **facts, **by_of(request))

    words = {"title": "登记由哪个工会覆盖", "why": "一个单位同一时间只属于一个工会。"}
    return act_page(request, subject, form, cover, **words, submit_zh="登记", done="已经登记。")


def appoint(request: Request, *, subject: Any) -> HttpResponse:
    """Give a member a post, after a look at who, where and what: the access that goes with it begins on that day."""
    initial = {"union": subject.organisation.name, "from_on": request.at.date()}
    form = AppointForm(request.POST or None, initial=initial, roles=post_queries.roles_given_by(request.actor))

    def act(facts: Facts) -> None:
        posts.appoint(organisation=facts.pop("union"), person=subject.person, **facts, **by_of(request))

    def checked(facts: Facts) -> Check:
        lines = [
            ("任职的人", f"{subject.person.name}（{subject.organisation.name}会员）"),
            ("在哪个工会", _in_full(facts["union"])),
            ("职务", f"{facts['role'].label}{'（专职）' if facts['is_full_time'] else ''}"),
            ("从哪一天起", _day_zh(facts["from_on"])),
            *([("依据", facts["basis"])] if facts["basis"] else []),
        ]
        return Check(lines, _notes_on(facts), "确认登记任职")

    def done(facts: Facts) -> str:
        role = facts["role"].label
        return f"已经登记：{subject.person.name}从 {_day_zh(facts['from_on'])} 起在“{facts['union'].name}”任{role}。"

    words: Facts = {"title": "登记任职", "why": "权限跟着职务走：任职当天有，离任当天失效。不能给自己登记。"}
    extra: Facts = {"submit_zh": "下一步：核对", "back_url": reverse("work:members"), "kicker": subject.person.name}
    return act_page(request, subject, form, act, check=checked, done=done, **words, **extra)


def _notes_on(facts: Facts) -> tuple[str, ...]:
    """What somebody should know before a post is given: who holds it, and how its holder signs in from then on."""
    role, union = facts["role"], facts["union"]
    notes = []
    if role in SINGLE and (held := post_queries.holders_from(union, role, facts["from_on"])):
        names = "、".join(each.person.name for each in held)
        lead = f"“{union.name}”现在的{role.label}是{names}，登记后同时有两位。"
        if not facts["basis"]:
            raise Refused(
                f"{lead}请先为{names}登记离任；确实要同时有两位的，在“依据”里写明批复文号或会议决议。", fields=["basis"]
            )
        notes.append(f"{lead}依据：{facts['basis']}。")
    if role in STRICT:
        notes.append("这个职务要用登录名、密码和动态码登录：登记后请系统管理员开立登录名，本人才能进工作网。")
        notes.append("从任职那天起，本人不能再用手机验证码登录。")
    return tuple(notes)


def union_end_post(request: Request, *, subject: Any) -> HttpResponse:
    """End the post of somebody at this organisation."""
    held = [
        each for each in post_queries.to_end(on=request.at.date(), organisation=subject) if _is_other(request, each)
    ]
    return _end_post(request, subject, held, "这个工会现在没有别的正在任职的人；不能给自己登记离任。", with_names=True)


def end_post(request: Request, *, subject: Any) -> HttpResponse:
    """End a post of this member, wherever it is held in reach."""
    held = post_queries.to_end(on=request.at.date(), person_id=subject.person_id)
    held = [each for each in held if _is_other(request, each)]
    why_none = f"{subject.person.name}现在没有担任您负责范围内的职务。"
    return _end_post(request, subject, held, why_none, with_names=False)


def _is_other(request: Request, post: Any) -> bool:
    return bool(post.person_id != request.actor.person_id)


def _end_post(request: Request, subject: Any, held: list[Any], why_none: str, *, with_names: bool) -> HttpResponse:
    """Raises Refused where there is nothing to end."""
    if not held:
        raise Refused(why_none)
    form = EndPostForm(request.POST or None, posts=held, with_names=with_names, today=request.at.date())

    def act(facts: Facts) -> None:
        ended = posts.end(**facts, **by_of(request))
        if ended.role == Role.CHAIR and not post_queries.has_chair(ended.organisation, on=facts["until_on"]):
            messages.warning(request, f"“{ended.organisation.name}”从那天起没有主席，请尽快补选并登记任职。")

    words: Facts = {
        "title": "登记离任",
        "why": "权限从不再任职的那一天零点起失效；过去的任职记录保留。不能给自己登记。",
    }
    back_url = reverse("work:union", args=[subject.reference]) if with_names else reverse("work:members")
    kicker = subject.name if with_names else subject.person.name
    done = "离任已经登记。"
    return act_page(
        request, subject, form, act, **words, submit_zh="登记离任", done=done, back_url=back_url, kicker=kicker
    )


def by_of(request: Request) -> Facts:
    """Who, when, and the number of the form: what every verb of a form takes."""
    return {"by": request.actor, "at": request.at, "key": request.POST.get("key", "")}


def act_page(
    request: Request,
    subject: Any,
    form: forms.Form,
    act: Callable[[Facts], HttpResponse | None],
    *,
    done: str | Done,
    back_url: str = "",
    check: Callable[[Facts], Check] | None = None,
    **words: Any,
) -> HttpResponse:
    """Show the form; when it is sent and nothing is wrong, act and go back to the file, or to what `act` answers.

    With `check` the first sending shows what was understood, and the second one, from there, acts.
    """
    page = "work:employer" if hasattr(subject, "head_office_id") else "work:union"
    back_url = back_url or reverse(page, args=[subject.reference])
    context = {"form": form, "back_url": back_url, "kicker": getattr(subject, "name", ""), **words}
    context["key"] = request.POST.get("key") or new_reference()
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        facts = dict(form.cleaned_data)
        try:
            if check is not None and "confirmed" not in request.POST:
                shown = {"check": check(facts), "sent": _sent(form)}
                return render(request, "work/act_check.html", {**context, **shown})
            answer = act(dict(facts))
        except Stale as stale:
            reasons = (f"{stale.what}：请回到档案看看现在的内容，再改。",)
        except Refused as refused:
            reasons = refused.reasons
        else:
            if answer is None:
                messages.success(request, done if isinstance(done, str) else done(facts))
            return answer or redirect(back_url)
    status = 422 if form.errors or reasons else 200
    return render(request, "work/act.html", {**context, "reasons": reasons}, status=status)


def _sent(form: forms.Form) -> list[tuple[str, str]]:
    """What a form was sent with, to be sent once more; a union by its reference, which means no other one."""
    return [
        (name, _as_sent(form, name)) for name in form.fields if form.cleaned_data.get(name) not in (None, "", False)
    ]


def _as_sent(form: forms.Form, name: str) -> str:
    value = form.cleaned_data[name]
    return str(value.reference if isinstance(form.fields[name], UnionField) else form.data[name])
