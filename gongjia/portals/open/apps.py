from django.apps import AppConfig


class OpenConfig(AppConfig):
    name = "gongjia.portals.open"
    label = "open"
    verbose_name = "公开"

    def ready(self) -> None:
        from gongjia.kernel import middleware
        from gongjia.kernel.permissions import ANYONE
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        menus.register(
            "open",
            MenuEntry("首页", "open:home", "home", may=ANYONE, order=0),
            MenuEntry("找工会", "open:unions", "search", may=ANYONE, order=10),
            MenuEntry("核验", "open:verify", "shield-check", may=ANYONE, order=15),
            MenuEntry("常见问题", "open:help", "help-circle", may=ANYONE, order=20),
        )
        middleware.refusals_go_to("gongjia.portals.open.errors.refused")
