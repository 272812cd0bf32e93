from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "gongjia.domains.fieldwork"
    verbose_name = "联系基层和走访"

    def ready(self) -> None:
        from gongjia.domains.fieldwork import figures, handlers  # noqa: F401 - its periodic work registers itself
        from gongjia.domains.fieldwork.flow import FLOWS
        from gongjia.domains.fieldwork.permissions import ASK, PERMISSIONS, SEE, SEE_PLANS
        from gongjia.engines.casework import flow
        from gongjia.engines.figures import indicators
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        for each in FLOWS:
            flow.register(each)
        indicators.register(*figures.INDICATORS)
        followers = "gongjia.domains.fieldwork.handlers"
        events.listen("posts.ended", f"{followers}.follow_post_end")
        events.listen("organisations.merged", f"{followers}.follow_union_end")
        events.listen("organisations.dissolved", f"{followers}.follow_union_end")
        group = "联系基层"
        for zh, page, icon, may, order in (
            ("联系点和蹲点", "contacts", "heart-handshake", SEE, 60),
            ("走访计划", "plans", "route", SEE_PLANS, 61),
            ("走访发现的问题", "observations", "list-check", SEE, 62),
            ("基层建议", "suggestions", "bulb", SEE, 63),
            ("调研课题", "topics", "book", SEE_PLANS, 64),
            ("问卷", "questionnaires", "clipboard-list", ASK, 65),
        ):
            menus.register("work", MenuEntry(zh, f"fieldwork:{page}", icon, may=may, order=order, group=group))
