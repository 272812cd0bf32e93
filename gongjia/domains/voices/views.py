"""The worker's pages: one button, two short steps, the receipt, the progress; without script and without an app."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.accounts import tries
from gongjia.backbone.files.queries import content_of
from gongjia.domains.voices import book, clocks, keeping, params, queries, rules, services, shown
from gongjia.domains.voices.flow import came_at
from gongjia.domains.voices.forms import RateForm, SpeakForm, SupplyForm, WordsForm, code_in
from gongjia.domains.voices.words import Identity, Subject, Tag, Topic, Wish
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.casework.shown import clocks_of
from gongjia.kernel.actors import NOBODY
from gongjia.kernel.errors import Refused, TooFast
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import grouped, new_tracking_code
from gongjia.kernel.requests import Request

#: Who sends more than this is a machine. Of who stays unknown nothing is kept: all of them together have a limit.
_OF_ONE, _OF_ALL = ((5, 60), (30, 86400)), ((120, 3600),)
_SIGNED_IN = (Identity.HIDDEN, Identity.OWN_UNION, Identity.ANONYMOUS)


def speak_open(request: Request) -> HttpResponse:
    """The button for who is not signed in: sent without a name. Who is signed in goes on to the own page."""
    if request.actor.is_signed_in:
        return redirect("voices:speak")
    return _speak(request, {}, "voices:speak_open")


def speak(request: Request) -> HttpResponse:
    """The button for who is signed in, member or not: what the file knows is not asked."""
    person_id = request.actor.person_id
    return _speak(request, queries.known_of(person_id) if person_id else {}, "voices:speak")


def _speak(request: Request, known: dict[str, Any], name: str) -> HttpResponse:
    first = WordsForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not first.is_valid():
        context: dict[str, Any] = {"form": first, "title": "我要反映", "submit_zh": "下一步", "step": 1, "steps": 2}
        context |= {"suggest_url": reverse("voices:suggest"), "signed_in": request.actor.is_signed_in}
        context |= {"back_url": reverse("service:home") if request.actor.is_signed_in else reverse("open:home")}
        return render(request, "voices/words.html", context, status=422 if first.errors else 200)
    words = first.cleaned_data["words"]
    read = rules.suggest(words)
    offered = _offered(read, known, request.POST.get("employer_name", ""))
    form = _details(request, read, known, offered)
    reasons: tuple[str, ...] = ()
    if "send" in request.POST and form.is_valid():
        try:
            return _sent(request, form, known, offered)
        except Refused as refused:
            reasons = refused.reasons
    today = today_of(request.at)
    receiver = queries.federation_at(known["county"].code) if known.get("county") else queries.place_of("")
    actor = request.actor
    again = (
        queries.own_alike(actor.person_id, actor.account_id, read.subject or "", today) if actor.is_signed_in else None
    )
    context = {
        "form": form,
        "title": "核对一下就送出",
        "reasons": reasons,
        "known": known,
        "read": read,
        "helpful": book.helpful(words, queries.entries_at(receiver)),
        "again": again,
        "place": receiver,
        "key": form["key"].value(),
        "name": name,
        "back_url": reverse(name),
    }
    return render(request, "voices/details.html", context, status=409 if reasons else 422 if form.errors else 200)


def _offered(read: rules.Suggested, known: dict[str, Any], typed: str) -> list[Any]:
    """Employers that it may be about: the own one first, then those like the words."""
    own = [known["employer"]] if known.get("employer") else []
    county_code = known["county"].code if known.get("county") else ""
    words = typed.strip() or read.employer
    found = queries.employers_like(words, county_code=county_code)[:3] if words else []
    return own + [each for each in found if each not in own]


def _details(request: Request, read: rules.Suggested, known: dict[str, Any], offered: list[Any]) -> SpeakForm:
    """The form of the second step: as it was sent, or filled with what was read and what is known."""
    county = known.get("county")
    tags = [*read.tags]
    tags += [tag for tag in (Tag.MIGRANT, Tag.AGENCY) if known.get(f"is_{tag}") and tag not in tags]
    initial = {
        "words": request.POST["words"],
        "subject": read.subject or "",
        "employer_name": "" if offered else read.employer,
        "employer": offered[0].reference if offered and (known.get("employer") or not read.employer) else "",
        "region": county.code if county else "",
        "wish": read.wish or "",
        "tags": [] if not request.actor.is_signed_in else tags,
        "identity": Identity.HIDDEN if request.actor.is_signed_in else Identity.ANONYMOUS,
        "key": new_tracking_code(),
        "code": new_tracking_code(),
    }
    return SpeakForm(
        request.POST if "send" in request.POST else None,
        request.FILES if "send" in request.POST else None,
        initial=initial,
        on=today_of(request.at),
        counties=queries.counties(),
        offered=offered,
        identities=_SIGNED_IN if request.actor.is_signed_in else (Identity.ANONYMOUS,),
    )


def _sent(request: Request, form: SpeakForm, known: dict[str, Any], offered: list[Any]) -> HttpResponse:
    cleaned, actor = form.cleaned_data, request.actor
    identity = Identity(cleaned["identity"])
    is_anonymous = identity == Identity.ANONYMOUS or not actor.is_signed_in
    _slow_down(request, is_anonymous=is_anonymous)
    chosen = next((each for each in offered if each.reference == cleaned.get("employer")), None)
    employer = chosen or queries.employer_named(cleaned["employer_name"])
    said = services.Said(
        words=cleaned["words"],
        subject=Subject(cleaned["subject"]),
        region=cleaned["region"],
        wish=Wish(cleaned["wish"]) if cleaned["wish"] else None,
        employer=employer,
        employer_name=cleaned["employer_name"],
        tags=[Tag(each) for each in cleaned["tags"]],
        people=cleaned["people"],
        claimed=cleaned["claimed"],
        knew_on=cleaned["knew_on"],
        files=cleaned["attached"],
    )
    by = NOBODY if is_anonymous else actor
    code = code_in(cleaned) if is_anonymous else ""
    made = services.speak(said=said, identity=identity, by=by, at=request.at, code=code, key=cleaned["key"])
    if is_anonymous:
        return _receipt(request, made, code)
    return redirect(f"{reverse('voices:mine', args=[made.reference])}?sent=1")


def _slow_down(request: Request, *, is_anonymous: bool) -> None:
    """Raises TooFast. Outside of any transaction."""
    who = "voices:anonymous" if is_anonymous else f"voices:{request.actor.account_id}"
    if wait := tries.take(who, _OF_ALL if is_anonymous else _OF_ONE, at=request.at):
        raise TooFast("反映得太快了，请等一等再发；要紧的事请拨打 12351。", wait_seconds=int(wait) + 1)


def suggest(request: Request) -> HttpResponse:
    """While the worker types: what it seems to be about, and answers that may help. Nothing is kept."""
    words = request.POST.get("words", "")[:3000]
    place = queries.place_of(request.POST.get("place", ""))
    context = {"read": rules.suggest(words), "helpful": book.helpful(words, queries.entries_at(place))}
    context |= {"place": place, "key": new_tracking_code()}
    return render(request, "voices/parts/suggested.html", context)


def helped(request: Request) -> HttpResponse:
    """An answer was enough: counted without a name, and nothing is sent."""
    organisation = queries.place_of(request.POST.get("place", ""))
    entry = next((each for each in queries.entries_at(organisation) if each.key == request.POST.get("entry", "")), None)
    if entry is not None and organisation is not None:
        key = request.POST.get("key", "")[:40]
        keeping.helped(
            organisation=organisation, entry=entry.key, topic=Topic(entry.topic), by=NOBODY, at=request.at, key=key
        )
    return render(request, "voices/helped.html", {"entry": entry})


def answers(request: Request) -> HttpResponse:
    """The answer book, to be looked through and searched."""
    words, topic = request.GET.get("q", "").strip()[:60], request.GET.get("topic", "")
    place = queries.place_of(request.GET.get("place", ""))
    entries = queries.entries_at(place)
    found = book.helpful(words, entries, most=20) if words else [each for each in entries if each.topic == topic]
    tabs = [(each.zh, f"{reverse('voices:answers')}?topic={each.value}", each == topic) for each in Topic]
    context = {"found": found, "words": words, "topic": topic, "tabs": tabs, "place": place, "key": new_tracking_code()}
    return render(request, "voices/answers.html", context)


def _receipt(request: Request, made: Any, code: str) -> HttpResponse:
    """The receipt of who stays unknown: a number to quote, the code to follow it by, what happens next. It answers the
    form itself, so that the code stands in no address and no session; sent twice, it is the same."""
    promised = clocks.promises(wish=made.wish, is_urgent=made.is_urgent, at=request.at)
    context = {"reference": made.reference, "promises": promised, "code": grouped(code)}
    answer = render(request, "voices/sent.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def my_voices(request: Request) -> HttpResponse:
    """What I have said, the newest first."""
    page = page_of(queries.mine(), by=("-opened_at", "-pk"), cursor=request.GET.get("cursor", ""))
    return render(request, "voices/my_voices.html", {"page": page, "back_url": reverse("service:home")})


def mine(request: Request, *, subject: Any) -> HttpResponse:
    """How it stands; supplement, take back, rate."""
    today = today_of(request.at)
    supply = SupplyForm(
        request.POST if "supply" in request.POST else None,
        request.FILES if "supply" in request.POST else None,
        on=today,
        initial={"key": new_tracking_code()},
    )
    rating = RateForm(request.POST if "rate" in request.POST else None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            done = _act_on_mine(request, subject, supply, rating)
        except Refused as refused:
            done, reasons = "", refused.reasons
        if done:
            messages.success(request, done)
            return redirect("voices:mine", reference=subject.reference)
    steps = timeline_of(subject)
    wrong = supply if supply.errors else rating
    context = {
        "voice": subject,
        "told": subject.joined_to or subject,
        "steps": steps,
        "is_new": "sent" in request.GET,
        "promises": clocks.promises(wish=subject.wish, is_urgent=subject.is_urgent, at=came_at(subject)),
        "warnings": shown.warnings_of(subject, today=today, claim_days=params.claim_days(today)),
        "clocks": clocks_of(subject, at=request.at),
        "files": queries.files_of(subject),
        "asked": next((each.words for each in steps if each.move == "ask"), ""),
        "supply": supply,
        "rating": rating,
        "wrong": wrong,
        "reasons": reasons,
        "may_withdraw": subject.state in {"registered", "screening"},
        "back_url": reverse("voices:my_voices"),
    }
    return render(request, "voices/mine.html", context, status=409 if reasons else 422 if wrong.errors else 200)


def _act_on_mine(request: Request, subject: Any, supply: SupplyForm, rating: RateForm) -> str:
    """What was done, in words; "" where the form is to be mended."""
    by: dict[str, Any] = {"voice": subject, "by": request.actor, "at": request.at}
    if "withdraw" in request.POST:
        services.withdraw(**by)
        return "已经撤回，不再办理。"
    if "supply" in request.POST and supply.is_valid():
        services.supply(**supply.cleaned_data, **by)
        return "补充已经收到，继续办理。"
    if "rate" in request.POST and rating.is_valid():
        is_satisfied = request.POST["rate"] == "yes"
        services.rate(is_satisfied=is_satisfied, words=rating.cleaned_data["words"], **by)
        return "谢谢，已经归档。" if is_satisfied else "已经退回重新办理，期限重新计算。"
    return ""


def my_file(request: Request, *, subject: Any) -> HttpResponse:
    """A picture or sound that I sent."""
    return file_answer(subject)


def file_answer(found: Any) -> HttpResponse:
    """The content as what it was found to be: never run, never guessed at, never kept by the browser."""
    answer = HttpResponse(b"".join(content_of(found.file)), content_type=found.type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "no-store"
    return answer


def small_matters(request: Request, *, subject: Any) -> HttpResponse:
    """What a union promised and did, for everybody."""
    page = page_of(queries.promised_by(subject), by=("-gathered_at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {"union": subject, "page": page, "today": today_of(request.at)}
    return render(request, "voices/small_matters_public.html", context)
