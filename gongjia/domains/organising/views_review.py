"""The pages of the review queue: one record at a time, one key each; and the decisions as a sheet."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.organising import comparing, review
from gongjia.domains.organising.forms import ReviewForm
from gongjia.kernel.errors import Refused
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

if TYPE_CHECKING:
    from gongjia.domains.organising.models import UnionPair


def queue(request: Request, *, subject: Any) -> HttpResponse:
    """The next record beside its candidates, or the one at `?place=`; what is said of it leads to the next."""
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        form = ReviewForm(request.POST)
        try:
            return _decided(request, subject, form)
        except Refused as refused:
            reasons = refused.reasons
    place = request.GET.get("place", "")
    after = request.GET.get("after", "")
    pair = review.at_place(subject, int(place)) if place.isdecimal() else None
    pair = pair or review.next_of(subject, after=int(after) if after.isdecimal() else -1)
    context = {"run": subject, "counts": review.counts_of(subject), "reasons": reasons, "key": new_reference()}
    status = 422 if reasons else 200
    return render(request, "organising/review.html", {**context, **_shown(subject, pair)}, status=status)


def _decided(request: Request, subject: Any, form: ReviewForm) -> HttpResponse:
    """Raises Refused for what is no answer."""
    if not form.is_valid():
        raise Refused("没有认出您的选择，请再点一次。")
    said, chosen = form.said
    place = form.cleaned_data["place"]
    key = request.POST.get("key", "")
    pair = review.decide(run=subject, place=place, answer=said, chosen=chosen, by=request.actor, at=request.at, key=key)
    named = f"，{pair.employer_name}" if pair.employer_name else ""
    messages.success(request, f"“{pair.name}”：{pair.get_reviewed_display()}{named}")
    return redirect(f"{reverse('organising:review', args=[subject.reference])}?after={place}")


def _shown(run: Any, pair: "UnionPair | None") -> dict[str, Any]:
    if pair is None:
        return {"pair": None}
    before = review.previous_of(run, pair.place)
    return {
        "pair": pair,
        "candidates": [(each, review.marked(each["name"], pair.name), each["score"] / 100) for each in pair.candidates],
        "before": before.place if before else None,
    }


def repeat(request: Request, *, subject: Any) -> HttpResponse:
    """Compare the same lists once more, with what has been decided since."""
    try:
        again = comparing.repeat(run=subject, by=request.actor, at=request.at, key=request.POST.get("key", ""))
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
        return redirect("organising:run", reference=subject.reference)
    return redirect("organising:run", reference=again.reference)


def decisions(request: Request) -> HttpResponse:
    """What the own federation has decided, for `gongjia train --decisions`."""
    own = own_of(request.actor.paths_for("organising.compare"))
    response = HttpResponse("".join(review.sheet_of(own)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E6%A0%B8%E5%AF%B9%E7%BB%93%E8%AE%BA.csv"
    return response
