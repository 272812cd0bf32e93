"""The URLs of joining."""

from gongjia.backbone.memberships.queries import live_by_reference as live_membership_by_reference
from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.enrolment import desk_views, import_views, mending_views, poster_views, print_views, queries, views
from gongjia.domains.enrolment.changes.urls import urlpatterns as changes_urlpatterns
from gongjia.engines.intake.queries import import_by_reference
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.routes import page

app_name = "enrolment"
_POSTER = queries.poster_by_reference
_SPOT = queries.spot_by_reference
_ENTRY = queries.entry_by_reference
_READ = ("GET", "HEAD")
_WRITE = "memberships.write"
_APPLICATION = queries.application_by_reference

urlpatterns = [
    *changes_urlpatterns,
    page("j/<ref:reference>/", views.poster, may=ANYONE, name="poster", subject=_ENTRY, methods=("GET", "HEAD")),
    page("j/<ref:reference>/join/", views.join, may=SIGNED_IN, name="join", subject=_ENTRY),
    page("j/<ref:reference>/now/", views.now, may=ANYONE, name="now", subject=_ENTRY, methods=("GET", "HEAD")),
    page("joining/<ref:reference>/", views.application, may=SIGNED_IN, name="application", subject=_APPLICATION),
    page(
        "joining/<ref:reference>/withdraw/",
        views.withdraw,
        may=SIGNED_IN,
        name="withdraw",
        subject=_APPLICATION,
    ),
    page("my/membership/", views.membership, may=SIGNED_IN, name="membership", methods=("GET", "HEAD")),
    page("my/membership/card.png", print_views.card_picture, may=SIGNED_IN, name="card_picture", methods=_READ),
    page("my/membership/card.pdf", print_views.card_pdf, may=SIGNED_IN, name="card_pdf", methods=_READ),
    page("desk/joining/", desk_views.waiting, may="enrolment.approve", name="waiting", methods=("GET", "HEAD")),
    page(
        "desk/joining/<ref:reference>/", desk_views.review, may="enrolment.approve", name="review", subject=_APPLICATION
    ),
    page(
        "desk/joining/<ref:reference>/refuse/",
        desk_views.refuse,
        may="enrolment.approve",
        name="refuse",
        subject=_APPLICATION,
    ),
    page(
        "desk/unions/<ref:reference>/posters/",
        poster_views.posters,
        may="enrolment.posters",
        name="posters",
        subject=organisation_by_reference,
    ),
    page(
        "desk/unions/<ref:reference>/posters/employers/",
        poster_views.poster_employers,
        may="enrolment.posters",
        name="poster_employers",
        subject=organisation_by_reference,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/posters/<ref:reference>/",
        poster_views.poster_print,
        may="enrolment.posters",
        name="poster_print",
        subject=_POSTER,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/members/<ref:reference>/certify/",
        print_views.certify,
        may=_WRITE,
        name="certify",
        subject=live_membership_by_reference,
    ),
    page(
        "desk/posters/<ref:reference>.pdf",
        print_views.poster_pdf,
        may="enrolment.posters",
        name="poster_pdf",
        subject=_POSTER,
        methods=_READ,
    ),
    page(
        "desk/posters/<ref:reference>/revoke/",
        poster_views.poster_revoke,
        may="enrolment.posters",
        name="poster_revoke",
        subject=_POSTER,
    ),
    page(
        "desk/unions/<ref:reference>/spot/",
        poster_views.open_spot,
        may="enrolment.posters",
        name="open_spot",
        subject=organisation_by_reference,
    ),
    page(
        "desk/spots/<ref:reference>/",
        poster_views.spot,
        may="enrolment.posters",
        name="spot",
        subject=_SPOT,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/spots/<ref:reference>/close/",
        poster_views.spot_close,
        may="enrolment.posters",
        name="spot_close",
        subject=_SPOT,
        methods=("POST",),
    ),
    page("desk/imports/", import_views.my_imports, may=_WRITE, name="my_imports", methods=("GET", "HEAD")),
    page(
        "desk/unions/<ref:reference>/imports/",
        import_views.imports,
        may=_WRITE,
        name="imports",
        subject=organisation_by_reference,
    ),
    page(
        "desk/imports/<ref:reference>/", import_views.one_import, may=_WRITE, name="import", subject=import_by_reference
    ),
    page(
        "desk/imports/<ref:reference>/progress/",
        import_views.progress,
        may=_WRITE,
        name="import_progress",
        subject=import_by_reference,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/imports/<ref:reference>/heading/",
        import_views.heading,
        may=_WRITE,
        name="import_heading",
        subject=import_by_reference,
    ),
    page(
        "desk/imports/<ref:reference>/rows/",
        mending_views.rows,
        may=_WRITE,
        name="import_rows",
        subject=import_by_reference,
    ),
    page(
        "desk/imports/<ref:reference>/sheet/",
        import_views.sheet,
        may=_WRITE,
        name="import_sheet",
        subject=import_by_reference,
        methods=("GET", "HEAD"),
    ),
]
