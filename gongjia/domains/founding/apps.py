from django.apps import AppConfig


class FoundingConfig(AppConfig):
    name = "gongjia.domains.founding"
    verbose_name = "建会"

    def ready(self) -> None:
        from gongjia.domains.founding.flow import FOUNDING
        from gongjia.domains.founding.paper_kinds import KINDS
        from gongjia.domains.founding.permissions import PERMISSIONS
        from gongjia.engines.casework import flow
        from gongjia.engines.papers import kinds
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        flow.register(FOUNDING)
        kinds.register(*KINDS)
        events.declare("founding.begun", "开始建会，或者增加了涵盖单位")
        events.declare("founding.group_stood", "上级批复筹建，筹备组进入组织树")
        events.declare("founding.stood", "上级批复选举结果，筹备组成为工会")
        events.declare("founding.given_up", "建会撤回、不被同意或者终止")
        handlers = "gongjia.domains.founding.handlers"
        events.listen("organising.founding_asked", f"{handlers}.open_for_lead")
        events.listen("organisations.merged", f"{handlers}.follow_end")
        events.listen("organisations.dissolved", f"{handlers}.follow_end")
        events.listen("organisations.moved", f"{handlers}.follow_move")
        menus.register(
            "work",
            MenuEntry(
                "建会办理", "founding:foundings", "building-community", may="founding.see", order=54, group="建会"
            ),
        )
