"""The list of members as a plain Django project has it, for bench/pages.py to stand beside ours: Django's own sessions,
user and messages, a queryset over the rows, one template with a loop; no reach, no actor, no audit, no sitting.

Its template is made from our own page, so that both send the same bytes: text stays text, files become {% static %},
fields of the form become {{ form.field }}, and the rows become a loop.
"""

import re
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.kernel.paging import SIZE
from gongjia.portals.work.forms import MemberFilter
from gongjia.theme.components.forms import KEYBOARDS


def own_addresses(get_response: Any) -> Any:
    """This site's addresses; a change of ROOT_URLCONF would throw away what Django remembers of both sites'."""

    def handle(request: Any) -> HttpResponse:
        request.urlconf = __name__
        response: HttpResponse = get_response(request)
        return response

    return handle


BACKEND = "django.contrib.auth.backends.ModelBackend"
MIDDLEWARE = [
    "bench.plain_django.own_addresses",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
SETTINGS = {"MIDDLEWARE": MIDDLEWARE, "SESSION_ENGINE": "django.contrib.sessions.backends.db"}

ROWS = """{% for each in page %}{% url 'person' each.reference as each_url %}\
<tr role="row" class="line" data-url="{{ each_url }}" id="row-{{ each.reference }}">\
<th role="rowheader" scope="row" class="main" data-label="姓名">\
<a href="{{ each_url }}">{{ each.person.name }}</a></th>\
<td role="cell" class="text" data-label="性别">{{ each.person.get_sex_display }}</td>\
<td role="cell" class="text" data-label="所在工会">{{ each.organisation.name }}</td>\
<td role="cell" class="text" data-label="职业群体">{% if each.group %}{{ each.get_group_display }}{% else %}\
<span class="unknown">—</span>{% endif %}</td>\
<td role="cell" class="text" data-label="入会日期"><time datetime="{{ each.joined_on|date:'Y-m-d' }}">\
{{ each.joined_on|date:'Y年n月j日' }}</time></td>\
<td role="cell" class="text" data-label="会籍">{% if each.state == "active" %}\
<span class="state state-good">正式</span>{% elif each.state == "retained" %}\
<span class="state state-doing">保留</span>{% else %}<span class="state state-off">已终止</span>{% endif %}</td>\
</tr>{% endfor %}"""
_drawn: dict[str, Any] = {}


class PlainFilter(MemberFilter):
    """The same filters with the attributes that our tags give to their fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter_%s", **kwargs)
        for name, each in self.fields.items():
            css = "input select" if hasattr(each, "choices") else "input"
            given = dict(KEYBOARDS.get(name, {}))
            each.widget.input_type = given.pop("type", each.widget.input_type)
            each.widget.attrs |= {**given, "class": css}


def learn(page: str) -> None:
    """Make the template from a page that our own view has drawn."""
    head, rest = page.split('<tbody role="rowgroup">')
    tail = rest.split("</tbody>", 1)[1]
    text = f'{_holes(head)}<tbody role="rowgroup">{ROWS}</tbody>{_holes(tail)}'
    _drawn["members"] = engines["django"].from_string("{% load static %}" + text)


def _holes(text: str) -> str:
    text = re.sub(r'(X-CSRFToken": ")\w{64}', r"\1{{ csrf_token }}", text)
    text = re.sub(r'"/static/([^"]+)"', lambda found: f"\"{{% static '{unquote(found[1])}' %}}\"", text)
    text = re.sub(r'(account-name">)[^<]+', r"\1{{ user.person.name }}", text)
    text = re.sub(r'<select\b[^>]*id="filter_(\w+)".*?</select>', r"{{ form.\1 }}", text, flags=re.DOTALL)
    text = re.sub(r'<input\b[^>]*id="filter_(\w+)"[^>]*>', r"{{ form.\1 }}", text)
    text = re.sub(r"\?cursor=[\w-]+", "?page={{ page.next_page_number }}", text)
    return re.sub(r"共 [\d,]+ 条", "共 {{ count }} 条", text)


@login_required
def members(request: HttpRequest) -> HttpResponse:
    form = PlainFilter(request.GET)
    rows = Membership._base_manager.select_related("person", "organisation").filter(state__in=LIVE)
    if form.is_valid() and form.cleaned_data["q"]:
        rows = rows.filter(person__name__contains=form.cleaned_data["q"])
    page = Paginator(rows.order_by("pinyin_key", "pk"), SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "count": f"{page.paginator.count:,}", "form": form}
    return HttpResponse(_drawn["members"].render(context, request))


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [
    path("desk/members/", members),
    path("desk/members/<slug:reference>/", members, name="person"),
    path("hello/", hello),
]
