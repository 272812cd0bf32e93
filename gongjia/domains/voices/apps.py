from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "gongjia.domains.voices"
    verbose_name = "诉求"

    def ready(self) -> None:
        from gongjia.backbone.accounts import newcomers
        from gongjia.domains.voices.figures import INDICATORS
        from gongjia.domains.voices.flow import BOOK, PROMISE, SEE, VOICE
        from gongjia.domains.voices.permissions import PERMISSIONS
        from gongjia.engines.casework import flow
        from gongjia.engines.figures import indicators
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        newcomers.come_by("voices:speak")
        flow.register(VOICE)
        indicators.register(*INDICATORS)
        events.declare("voices.group", "同一单位反映的职工达到群体性事项的人数")
        following = "gongjia.domains.voices.following"
        events.listen("accounts.bound", f"{following}.follow_binding")
        events.listen("casework.handed_over", f"{following}.follow_handover")
        events.listen("organisations.merged", f"{following}.follow_end")
        events.listen("organisations.dissolved", f"{following}.follow_end")
        events.on("casework.due", "gongjia.domains.voices.handlers.fall_due")
        for entry in (
            MenuEntry("职工诉求", "voices:voices", "message-report", may=SEE, order=60, group="维权"),
            MenuEntry("关键小事", "voices:small_matters_desk", "checklist", may=PROMISE, order=61, group="维权"),
            MenuEntry("政策问答", "voices:book", "book-2", may=BOOK, order=62, group="维权"),
        ):
            menus.register("work", entry)
        menus.register("service", MenuEntry("我要反映", "voices:speak", "message-report", order=30))
