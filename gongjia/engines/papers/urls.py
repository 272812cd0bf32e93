"""The URLs of papers. `docx` and `pdf` are for posts; `my_docx`, `my_pdf` for the person, or by a grant."""

from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.engines.papers import desk_views, queries, template_views, views
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page

app_name = "papers"
_PAPER = queries.paper_by_reference
_UNION = organisation_by_reference
_NUMBER = queries.number_by_reference
_READ = ("GET", "HEAD")
_SEE, _NUMBERS, _TEMPLATES = "papers.read", "papers.numbers", "papers.templates"

urlpatterns = [
    page("desk/papers/<ref:reference>.docx", views.docx, may=_SEE, name="docx", subject=_PAPER, methods=_READ),
    page("desk/papers/<ref:reference>.pdf", views.pdf, may=_SEE, name="pdf", subject=_PAPER, methods=_READ),
    page("desk/papers/", desk_views.desk, may=_SEE, name="desk", methods=_READ),
    page("desk/papers/<ref:reference>/", desk_views.paper, may=_SEE, name="paper", subject=_PAPER, methods=_READ),
    page("desk/papers/<ref:reference>/void/", desk_views.void, may=_NUMBERS, name="void", subject=_PAPER),
    page(
        "desk/numbers/<ref:reference>/void/", desk_views.void_number, may=_NUMBERS, name="void_number", subject=_NUMBER
    ),
    page("desk/unions/<ref:reference>/numbers/", desk_views.numbers, may=_NUMBERS, name="numbers", subject=_UNION),
    page(
        "desk/unions/<ref:reference>/templates/",
        template_views.templates,
        may=_TEMPLATES,
        name="templates",
        subject=_UNION,
        methods=_READ,
    ),
    page(
        "desk/unions/<ref:reference>/template/",
        template_views.template,
        may=_TEMPLATES,
        name="template",
        subject=_UNION,
    ),
    page(
        "desk/unions/<ref:reference>/template/file/",
        template_views.template_file,
        may=_TEMPLATES,
        name="template_file",
        subject=_UNION,
        methods=_READ,
    ),
    page("my/papers/", views.mine, may=SIGNED_IN, name="mine", methods=_READ),
    page("my/papers/<ref:reference>.docx", views.docx, may=SIGNED_IN, name="my_docx", subject=_PAPER, methods=_READ),
    page("my/papers/<ref:reference>.pdf", views.my_pdf, may=SIGNED_IN, name="my_pdf", subject=_PAPER, methods=_READ),
]
