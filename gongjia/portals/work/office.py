"""The pages of those who watch: rights in plain words, the auditor's record, the operator's view."""

import shutil

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.kernel import audit
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request
from gongjia.portals.work import records, rights
from gongjia.portals.work.forms import AuditFilter

#: Periodic work in the operator's words; a test holds this list to what is registered.
TICKS = {
    "accounts.clear": "清理过期的登录和设备",
    "accounts.tries": "清理过期的验证次数",
    "audit.seal": "封存操作记录",
    "events.sweep": "补办没有办成的事件",
    "fieldwork.follow_days": "走访问题的到期提醒",
    "casework.climb": "超期的事项报上级",
    "casework.recount": "放假安排公布后重算期限",
    "files.expire": "清理保存期满的文件",
    "files.orphans": "清理没有登记的文件",
    "figures.check": "核对数字和名单",
    "figures.fold": "汇总数字",
    "figures.vantages": "调整汇总的层级",
    "homes.follow_posts": "撤下已经离任的人的公示",
    "kernel.forget": "清理不再需要的办理记号",
    "organising.place_leads": "认出线索的地点",
    "intake.forget": "清理导入留下的备查内容",
    "intake.put_back": "接着做中断的导入",
    "organising.drop_drafts": "删除没有开始的数据比对",
    "organising.forget_results": "清理旧的比对结果",
    "organising.put_back": "接着做中断的数据比对",
}
MODES = {"production": "正式使用", "demo": "演示城市", "development": "开发", "test": "测试"}


def rights_page(request: Request) -> HttpResponse:
    """What each post in reach may see and do, and how many above may look in."""
    today = request.at.date()
    page = page_of(
        rights.posts_in_reach(today), by=("organisation__path", "role", "pk"), cursor=request.GET.get("cursor", "")
    )
    paths = request.actor.paths_for("posts.see")
    context = {
        "page": page,
        "rights": [rights.rights_of(each) for each in page.rows],
        "above": rights.above_each(paths, today),
    }
    return render(request, "work/rights.html", context)


def audit_page(request: Request) -> HttpResponse:
    """Everything that was done and opened, newest first; looking at it is written down as well."""
    only = request.GET.get("only", "")
    form = AuditFilter(request.GET, actions=records.actions())
    rows = records.rows(request.actor.paths_for("audit.read"), only=only)
    rows = records.narrowed(rows, **form.asked())
    page = page_of(rows, by=("-pk",), cursor=request.GET.get("cursor", ""))
    audit.record("audit.read", by=request.actor, at=request.at)
    address = reverse("work:audit")
    tabs = [("全部", address, only != "opened"), ("只看查阅档案", f"{address}?only=opened", only == "opened")]
    context = {"page": page, "lines": records.together(records.lines_of(list(page.rows))), "tabs": tabs}
    context["form"] = form
    return render(request, "work/audit.html", context)


def operations_page(request: Request) -> HttpResponse:
    """Whether the platform runs as it should."""
    disk = shutil.disk_usage(settings.VAR)
    running = records.running()
    context = {
        "running": running,
        "ticks": [(TICKS.get(each.name, each.name), each) for each in running.ticks],
        "disk_free_gb": disk.free // 2**30,
        "disk_is_low": disk.free < 2 * 2**30,
        "mode_zh": MODES.get(settings.MODE, settings.MODE),
        "database_zh": {"sqlite": "单个文件的数据库", "postgresql": "数据库服务器"}[connection.vendor],
    }
    return render(request, "work/operations.html", context)
