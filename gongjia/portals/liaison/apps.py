from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    name = "gongjia.portals.liaison"
    label = "liaison"
    verbose_name = "联系网"

    def ready(self) -> None:
        from gongjia.kernel import permissions
        from gongjia.portals.liaison.permissions import PERMISSIONS
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        menus.register(
            "liaison",
            MenuEntry("留言", "liaison:letters", "messages", may="liaison.answer", order=0),
            MenuEntry("通知", "liaison:circulars", "speakerphone", may="liaison.announce", order=5),
            MenuEntry("入会审批", "enrolment:waiting", "user-check", may="enrolment.approve", order=10),
            MenuEntry("工作网", "work:home", "layout-dashboard", may="organisations.see", order=20),
            MenuEntry("我的", "service:home", "user", order=30),
        )
        menus.register(
            "work",
            MenuEntry("职工留言", "liaison:letters", "messages", may="liaison.answer", order=45, group="组织"),
            MenuEntry("群发通知", "liaison:circulars", "speakerphone", may="liaison.announce", order=46, group="组织"),
        )
        menus.register("account", MenuEntry("联系网", "liaison:letters", "messages", may="liaison.answer", order=20))
