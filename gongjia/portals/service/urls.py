"""The worker's pages."""

from gongjia.engines.messages.queries import by_reference, circular_by_reference
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.service import views

app_name = "service"
READ = ("GET", "HEAD")

urlpatterns = [
    page("my/", views.home, may=SIGNED_IN, name="home", methods=READ),
    page("my/messages/", views.inbox, may=SIGNED_IN, name="messages", methods=READ),
    page(
        "my/messages/<ref:reference>/",
        views.message,
        may=SIGNED_IN,
        name="message",
        subject=by_reference,
        methods=READ,
    ),
    page(
        "my/messages/notices/<ref:reference>/",
        views.circular,
        may=SIGNED_IN,
        name="circular",
        subject=circular_by_reference,
    ),
    page("my/matters/", views.matters, may=SIGNED_IN, name="matters", methods=READ),
    page("my/near/", views.near, may=SIGNED_IN, name="near", methods=READ),
    page("my/write/", views.write, may=SIGNED_IN, name="write"),
    page("my/me/", views.me, may=SIGNED_IN, name="me", methods=READ),
    page("my/me/amend/", views.amend, may=SIGNED_IN, name="amend"),
    page("my/me/openings/", views.openings, may=SIGNED_IN, name="openings", methods=READ),
    page("my/me/numbers/", views.numbers, may=SIGNED_IN, name="numbers", methods=READ),
    page("my/me/copy/", views.copy_page, may=SIGNED_IN, name="copy", methods=READ),
    page("my/me/copy.json", views.copy_file, may=SIGNED_IN, name="copy_file", methods=READ),
]
