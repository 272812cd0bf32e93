"""The URLs of voices: the button and the worker's own pages, the public list of small matters, the desk."""

from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.voices import desk_views, queries, small_views, views
from gongjia.domains.voices.flow import BOOK, HANDLE, PROMISE, SEE, TAKE
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.routes import page

app_name = "voices"
READ = ("GET", "HEAD")
SEND = ("POST",)
_ONE, _FILE = queries.by_reference, queries.file_by_reference
_SMALL, _ENTRY = queries.small_matter, queries.book_answer

urlpatterns = [
    page("speak/", views.speak_open, may=ANYONE, name="speak_open"),
    page("speak/suggest/", views.suggest, may=ANYONE, name="suggest", methods=SEND),
    page("speak/helped/", views.helped, may=ANYONE, name="helped", methods=SEND),
    page("answers/", views.answers, may=ANYONE, name="answers", methods=READ),
    page(
        "unions/<ref:reference>/small-matters/",
        views.small_matters,
        may=ANYONE,
        name="small_matters",
        subject=organisation_by_reference,
        methods=READ,
    ),
    page("my/voices/", views.my_voices, may=SIGNED_IN, name="my_voices", methods=READ),
    page("my/voices/new/", views.speak, may=SIGNED_IN, name="speak"),
    page("my/voices/<ref:reference>/", views.mine, may=SIGNED_IN, name="mine", subject=_ONE),
    page("my/voices/files/<ref:reference>/", views.my_file, may=SIGNED_IN, name="my_file", subject=_FILE, methods=READ),
    page("desk/voices/", desk_views.voices, may=SEE, name="voices", methods=READ),
    page("desk/voices/new/", desk_views.take, may=TAKE, name="take"),
    page("desk/voices/groups/", desk_views.groups, may=SEE, name="groups", methods=READ),
    page("desk/voices/rows/", desk_views.rows, may=SEE, name="rows", methods=READ),
    page("desk/voices/uses/", desk_views.uses, may=SEE, name="uses", methods=READ),
    page("desk/voices/<ref:reference>/", desk_views.voice, may=HANDLE, name="voice", subject=_ONE),
    page(
        "desk/voices/<ref:reference>/contact/",
        desk_views.contact,
        may=HANDLE,
        name="contact",
        subject=_ONE,
        purpose=True,
    ),
    page("desk/voices/files/<ref:reference>/", desk_views.file, may=HANDLE, name="file", subject=_FILE, methods=READ),
    page("desk/small-matters/", small_views.small_matters, may=PROMISE, name="small_matters_desk", methods=READ),
    page(
        "desk/small-matters/<ref:reference>/",
        small_views.small_matter,
        may=PROMISE,
        name="small_matter",
        subject=_SMALL,
    ),
    page("desk/answers/", small_views.book_desk, may=BOOK, name="book", methods=READ),
    page("desk/answers/new/", small_views.entry_new, may=BOOK, name="entry_new"),
    page("desk/answers/<ref:reference>/", small_views.entry, may=BOOK, name="entry", subject=_ENTRY),
]
