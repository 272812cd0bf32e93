"""The pages between union and workers."""

from gongjia.engines.messages.queries import letter_by_reference
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.liaison import views

app_name = "liaison"
READ = ("GET", "HEAD")

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
]
