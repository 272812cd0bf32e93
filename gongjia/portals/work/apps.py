from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "gongjia.portals.work"
    verbose_name = "工作网"

    def ready(self) -> None:
        from gongjia.kernel import checkups, events, permissions
        from gongjia.portals.work.permissions import PERMISSIONS
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        checkups.register("数字和名单", "gongjia.portals.work.checkups.agreement")
        events.listen("accounts.managed", "gongjia.portals.work.notices.tell_holder")
        menus.tree_comes_from("work:tree", may="organisations.see")
        menus.register(
            "work",
            MenuEntry("首页", "work:home", "home", may="work.enter", order=0),
            MenuEntry("待办", "work:matters", "checklist", may="work.enter", order=2),
            MenuEntry("这一周", "work:week", "calendar", may="memberships.see", order=3),
            MenuEntry("工会", "work:unions", "building-community", may="organisations.see", order=10, group="组织"),
            MenuEntry("用人单位", "work:employers", "building", may="employers.see", order=20, group="组织"),
            MenuEntry("会员", "work:members", "users", may="memberships.see", order=30, group="组织"),
            MenuEntry("谁能看到什么", "work:rights", "eye", may="posts.see", order=80, group="监督"),
            MenuEntry("操作记录", "work:audit", "list-check", may="audit.read", order=85, group="监督"),
            MenuEntry("账号", "work:accounts", "user-cog", may="accounts.manage", order=88, group="监督"),
            MenuEntry("运行状况", "work:operations", "activity", may="operations.see", order=90, group="监督"),
        )
