"""The URLs of handing on. Domains show what is theirs; here is what every kind of matter has."""

from gongjia.engines.casework import follow_views
from gongjia.engines.casework.handing import queries, views
from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.engines.casework.sealing import queries as sealed
from gongjia.engines.casework.sealing import views as sealing
from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.routes import page

app_name = "casework"
_MATTER = queries.matter_by_reference

urlpatterns = [
    page("desk/matters/<ref:reference>/hand/", views.hand, may=HANDLE, name="hand", subject=_MATTER),
    page(
        "desk/matters/<ref:reference>/clocks/",
        views.clocks,
        may=HANDLE,
        name="clocks",
        subject=_MATTER,
    ),
    page(
        "desk/forwarded/<ref:reference>/",
        views.handoff,
        may=HANDLE,
        name="forwarding",
        subject=queries.forwarding_by_reference,
    ),
    page(
        "desk/assigned/<ref:reference>/",
        views.handoff,
        may=HANDLE,
        name="assignment",
        subject=queries.assignment_by_reference,
    ),
    page(
        "desk/invited/<ref:reference>/",
        views.handoff,
        may=HANDLE,
        name="invitation",
        subject=queries.invitation_by_reference,
    ),
    page("desk/matters/<ref:reference>/seal/", sealing.seal, may=HANDLE, name="seal", subject=_MATTER),
    page("desk/matters/<ref:reference>/identity/", sealing.ask, may=HANDLE, name="ask_unsealing", subject=_MATTER),
    page(
        "desk/unsealings/<ref:reference>/",
        sealing.unsealing,
        may=HANDLE,
        name="unsealing",
        subject=sealed.unsealing_by_reference,
    ),
    page("follow/", follow_views.follow, may=ANYONE, name="follow"),
    page("guest/<str:secret>/", views.guest, may=ANYONE, name="guest"),
]
