"""The demo's page of eight people whom one may become. It exists in the demo only: elsewhere its routes are not even
built, the view refuses all the same, and a sign-in by persona counts for nothing (portals/signin/entry.py).
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern

from gongjia.backbone.accounts.queries import by_username
from gongjia.backbone.accounts.sittings import leave
from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.requests import Request
from gongjia.kernel.routes import page
from gongjia.portals.signin import entry


@dataclass(frozen=True)
class Persona:
    """`username` is the account that the demo makes; `try_this` are things to do there."""

    username: str
    name: str
    what: str
    icon: str
    try_this: tuple[str, ...]


PERSONAS = (
    Persona(
        "wangfang",
        "王芳",
        "制造企业的女工，工会会员，用手机",
        "user",
        ("出示会员证", "给工会留言", "看看谁打开过自己的资料"),
    ),
    Persona(
        "hejianping",
        "何建平",
        "一家企业的兼职工会主席",
        "users",
        ("审批入会申请", "打印入会海报", "查看本单位的会员名册"),
    ),
    Persona(
        "zhangmin",
        "张敏",
        "县级总工会组织部干部",
        "building-community",
        ("上传企业名单，找出没有工会的单位", "看未建会单位并派人跟进", "办理建会、改隶属"),
    ),
    Persona(
        "xuqin",
        "许琴",
        "和张敏同在组织部的另一位干部",
        "checks",
        ("批复张敏报送的筹建请示（自己报送的不能自己批）", "批复选举结果，看筹备组成为工会"),
    ),
    Persona("chenli", "陈立", "市总工会领导", "chart-bar", ("一屏看全市会员和工会", "点开任何一个数字看明细")),
    Persona("zhaoqing", "赵清", "市总工会审计员", "list-search", ("查操作记录", "看谁打开过谁的档案")),
    Persona(
        "zhouyuan",
        "周远",
        "另一个县的工会干部",
        "map-pin",
        ("用同样的页面看自己的县", "试试能不能看到张敏的县（看不到）"),
    ),
    Persona("operator", "系统员", "平台的系统管理员", "server", ("看系统运行状况", "看有没有卡住的任务")),
)
_NAMES = frozenset(persona.username for persona in PERSONAS)


def personas(request: Request) -> HttpResponse:
    """GET shows the seven; POST signs in as one of them."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        return _become(request, request.POST.get("username", ""))
    return render(request, "open/personas.html", {"personas": PERSONAS})


def _become(request: Request, username: str) -> HttpResponse:
    account = by_username(username) if username in _NAMES else None
    if account is None:
        raise Http404
    leave(request)
    return entry.let_in(request, account, how=entry.PERSONA)


def routes() -> list[URLPattern]:
    """The routes of this page: none outside the demo."""
    return [page("demo/", personas, may=ANYONE, name="personas")] if settings.DEMO else []
