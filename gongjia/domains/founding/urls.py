"""The URLs of founding."""

from gongjia.backbone.employers.queries import by_reference as employer_by_reference
from gongjia.domains.founding import queries, views, views_election
from gongjia.domains.founding.flow import APPROVE, PREPARE
from gongjia.kernel.routes import page

app_name = "founding"
READ = ("GET", "HEAD")
SEND = ("POST",)
_ONE = queries.by_reference
_AT = "desk/foundings/<ref:reference>/"

urlpatterns = [
    page("desk/foundings/", views.foundings, may="founding.see", name="foundings", methods=READ),
    page("desk/foundings/new/", views.begin, may=PREPARE, name="begin"),
    page(
        "desk/employers/<ref:reference>/founding/",
        views.of_employer,
        may="founding.see",
        name="of_employer",
        subject=employer_by_reference,
        methods=READ,
    ),
    page(_AT, views.founding, may="founding.see", name="founding", subject=_ONE, methods=READ),
    page(f"{_AT}request/", views.request_form, may=PREPARE, name="request", subject=_ONE),
    page(f"{_AT}units/", views.units, may=PREPARE, name="units", subject=_ONE),
    page(f"{_AT}withdraw/", views.withdraw, may=PREPARE, name="withdraw", subject=_ONE),
    page(f"{_AT}reply/", views.reply, may=APPROVE, name="reply", subject=_ONE),
    page(f"{_AT}answer/", views.answer, may=APPROVE, name="answer", subject=_ONE),
    page(f"{_AT}abandon/", views.abandon, may=APPROVE, name="abandon", subject=_ONE),
    page(f"{_AT}papers/", views.make_paper, may=PREPARE, name="make_paper", subject=_ONE, methods=SEND),
    page(f"{_AT}plan/", views_election.plan, may=PREPARE, name="plan", subject=_ONE),
    page(f"{_AT}candidates/", views_election.candidates, may=PREPARE, name="candidates", subject=_ONE),
    page(f"{_AT}meeting/", views_election.meeting, may=PREPARE, name="meeting", subject=_ONE),
    page(f"{_AT}again/", views_election.again, may=PREPARE, name="again", subject=_ONE),
    page(f"{_AT}count/", views_election.count, may=PREPARE, name="count", subject=_ONE),
    page(f"{_AT}report/", views_election.report, may=PREPARE, name="report", subject=_ONE),
]
