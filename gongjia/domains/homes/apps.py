from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "gongjia.domains.homes"
    verbose_name = "三亮和职工之家"

    def ready(self) -> None:
        from gongjia.domains.homes import figures, handlers  # noqa: F401 - its periodic work registers itself
        from gongjia.domains.homes.permissions import PERMISSIONS
        from gongjia.engines.figures import indicators
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        indicators.register(*figures.INDICATORS)
        followers = "gongjia.domains.homes.handlers"
        events.listen("posts.ended", f"{followers}.follow_post_end")
        events.listen("people.amended", f"{followers}.follow_person")
        events.listen("organisations.amended", f"{followers}.follow_name")
        events.listen("organisations.merged", f"{followers}.follow_union_end")
        events.listen("organisations.dissolved", f"{followers}.follow_union_end")
        menus.register(
            "work",
            MenuEntry("三亮和阵地", "homes:board", "building-community", may="homes.see", order=42, group="组织"),
        )
