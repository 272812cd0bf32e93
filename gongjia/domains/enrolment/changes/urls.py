"""The URLs of changes of membership; they stand under the domain's own name."""

from gongjia.backbone.memberships.queries import by_reference as membership_by_reference
from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.enrolment.changes import bulk_views, desk_views, queries, views
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page

_READ = ("GET", "HEAD")
_WRITE = "memberships.write"
_TRANSFER, _LEAVING = queries.transfer_by_reference, queries.leaving_by_reference
_CORRECTION, _BULK = queries.correction_by_reference, queries.bulk_by_reference

urlpatterns = [
    page("my/membership/transfer/", views.transfer_where, may=SIGNED_IN, name="transfer_where", methods=_READ),
    page("my/membership/transfer/code/", views.transfer_code, may=SIGNED_IN, name="transfer_code"),
    page(
        "my/membership/transfer/to/<ref:reference>/",
        views.transfer_begin,
        may=SIGNED_IN,
        name="transfer_begin",
        subject=queries.destination,
    ),
    page(
        "my/membership/transfers/<ref:reference>/",
        views.my_transfer,
        may=SIGNED_IN,
        name="my_transfer",
        subject=_TRANSFER,
    ),
    page("my/membership/bulk-transfer/stay-out/", views.stay_out, may=SIGNED_IN, name="stay_out"),
    page("my/membership/leave/", views.leave, may=SIGNED_IN, name="leave"),
    page(
        "my/membership/leaving/<ref:reference>/", views.my_leaving, may=SIGNED_IN, name="my_leaving", subject=_LEAVING
    ),
    page("my/membership/correct/", views.correct, may=SIGNED_IN, name="correct"),
    page(
        "my/membership/corrections/<ref:reference>/",
        views.my_correction,
        may=SIGNED_IN,
        name="my_correction",
        subject=_CORRECTION,
    ),
    page("desk/changes/", desk_views.changes, may=_WRITE, name="changes", methods=_READ),
    page("desk/changes/rows/", desk_views.changed, may="memberships.see", name="changed", methods=_READ),
    page("desk/changes/transfers/by-code/", desk_views.by_code, may=_WRITE, name="transfer_by_code"),
    page(
        "desk/changes/transfers/<ref:reference>/", desk_views.transfer, may=_WRITE, name="transfer", subject=_TRANSFER
    ),
    page(
        "desk/changes/leaving/<ref:reference>/", desk_views.leaving_desk, may=_WRITE, name="leaving", subject=_LEAVING
    ),
    page(
        "desk/changes/corrections/<ref:reference>/",
        desk_views.correction,
        may=_WRITE,
        name="correction",
        subject=_CORRECTION,
    ),
    page(
        "desk/changes/corrections/<ref:reference>/numbers/",
        desk_views.correction_numbers,
        may=_WRITE,
        name="correction_numbers",
        subject=_CORRECTION,
        purpose=True,
        methods=("GET", "HEAD", "POST"),
    ),
    page(
        "desk/changes/corrections/<ref:reference>/evidence/",
        desk_views.correction_evidence,
        may=_WRITE,
        name="correction_evidence",
        subject=_CORRECTION,
        purpose=True,
        methods=("GET", "HEAD", "POST"),
    ),
    page(
        "desk/members/<ref:reference>/change/",
        desk_views.member_change,
        may=_WRITE,
        name="member_change",
        subject=membership_by_reference,
    ),
    page(
        "desk/unions/<ref:reference>/bulk-transfers/",
        bulk_views.bulk_new,
        may=_WRITE,
        name="bulk_new",
        subject=organisation_by_reference,
    ),
    page(
        "desk/changes/bulk-transfers/<ref:reference>/",
        bulk_views.bulk_transfer,
        may=_WRITE,
        name="bulk_transfer",
        subject=_BULK,
    ),
    page(
        "desk/changes/bulk-transfers/<ref:reference>/progress/",
        bulk_views.bulk_progress,
        may=_WRITE,
        name="bulk_progress",
        subject=_BULK,
        methods=_READ,
    ),
]
