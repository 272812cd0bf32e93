"""The URLs of joining."""

from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.enrolment import desk_views, import_views, mending_views, queries, views
from gongjia.engines.intake.queries import import_by_reference
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.routes import page

app_name = "enrolment"
_POSTER = queries.poster_by_reference
_ENTRY = queries.entry_by_reference
_WRITE = "memberships.write"
_APPLICATION = queries.application_by_reference

urlpatterns = [
    page("j/<ref:reference>/", views.poster, may=ANYONE, name="poster", subject=_ENTRY, methods=("GET", "HEAD")),
    page("j/<ref:reference>/who/", views.who, may=SIGNED_IN, name="who", subject=_ENTRY),
    page("j/<ref:reference>/work/", views.work, may=SIGNED_IN, name="work", subject=_ENTRY),
    page("j/<ref:reference>/check/", views.check, may=SIGNED_IN, name="check", subject=_ENTRY),
    page("joining/<ref:reference>/", views.application, may=SIGNED_IN, name="application", subject=_APPLICATION),
    page(
        "joining/<ref:reference>/withdraw/",
        views.withdraw,
        may=SIGNED_IN,
        name="withdraw",
        subject=_APPLICATION,
    ),
    page("my/membership/", views.membership, may=SIGNED_IN, name="membership", methods=("GET", "HEAD")),
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
        desk_views.posters,
        may="enrolment.posters",
        name="posters",
        subject=organisation_by_reference,
    ),
    page(
        "desk/unions/<ref:reference>/posters/employers/",
        desk_views.poster_employers,
        may="enrolment.posters",
        name="poster_employers",
        subject=organisation_by_reference,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/posters/<ref:reference>/",
        desk_views.poster_print,
        may="enrolment.posters",
        name="poster_print",
        subject=_POSTER,
        methods=("GET", "HEAD"),
    ),
    page(
        "desk/posters/<ref:reference>/revoke/",
        desk_views.poster_revoke,
        may="enrolment.posters",
        name="poster_revoke",
        subject=_POSTER,
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
