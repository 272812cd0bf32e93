"""The pages between union and workers."""

from gongjia.engines.messages.queries import circular_by_reference, letter_by_reference
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.liaison import views, views_circular

app_name = "liaison"
READ = ("GET", "HEAD")
_ANNOUNCE = "liaison.announce"

urlpatterns = [
    page("liaison/", views.home, may=SIGNED_IN, name="home", methods=READ),
    page("liaison/letters/", views.letters, may="liaison.answer", name="letters", methods=READ),
    page(
        "liaison/letters/<ref:reference>/",
        views.letter,
        may="liaison.answer",
        name="letter",
        subject=letter_by_reference,
    ),
    page("liaison/notices/", views_circular.circulars, may=_ANNOUNCE, name="circulars", methods=READ),
    page("liaison/notices/new/", views_circular.announce, may=_ANNOUNCE, name="announce"),
    page(
        "liaison/notices/<ref:reference>/",
        views_circular.circular,
        may=_ANNOUNCE,
        name="circular",
        subject=circular_by_reference,
        methods=READ,
    ),
    page(
        "liaison/notices/<ref:reference>/withdraw/",
        views_circular.withdraw,
        may=_ANNOUNCE,
        name="withdraw",
        subject=circular_by_reference,
    ),
]
