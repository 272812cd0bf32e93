"""The public pages."""

from gongjia.backbone.employers.queries import by_reference as employer_by_reference
from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.open import health, joining, personas, verifying, views

app_name = "open"
READ = ("GET", "HEAD")

urlpatterns = [
    page("", views.home, may=ANYONE, name="home", methods=READ),
    page("start/", views.start, may=SIGNED_IN, name="start", methods=READ),
    page("unions/", views.unions, may=ANYONE, name="unions", methods=READ),
    page(
        "unions/<ref:reference>/",
        views.union,
        may=ANYONE,
        name="union",
        subject=organisation_by_reference,
        methods=READ,
    ),
    page(
        "employers/<ref:reference>/",
        views.employer,
        may=ANYONE,
        name="employer",
        subject=employer_by_reference,
        methods=READ,
    ),
    page("join/", joining.join, may=ANYONE, name="join", methods=READ),
    page("help/", views.help_page, may=ANYONE, name="help", methods=READ),
    page("privacy/", views.privacy, may=ANYONE, name="privacy", methods=READ),
    page("verify/", verifying.verify, may=ANYONE, name="verify"),
    page("verify/offline/", verifying.verify_offline, may=ANYONE, name="verify_offline", methods=READ),
    page("v/<str:token>/", verifying.verify_token, may=ANYONE, name="verify_token", methods=READ),
    page("healthz", health.health, may=ANYONE, name="health", methods=READ),
    *personas.routes(),
]
