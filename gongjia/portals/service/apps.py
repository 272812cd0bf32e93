from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "gongjia.portals.service"
    label = "service"
    verbose_name = "服务网"

    def ready(self) -> None:
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        menus.register(
            "service",
            MenuEntry("首页", "service:home", "home", order=0),
            MenuEntry("消息", "service:messages", "message", order=40, unread=True),
            MenuEntry("我的", "service:me", "user", order=60),
        )
        menus.register(
            "account",
            MenuEntry("我的首页", "service:home", "home", order=10),
            MenuEntry("工作网", "work:home", "layout-dashboard", may="organisations.see", order=30),
            MenuEntry("我的资料", "service:me", "user", order=50),
        )
