from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "gongjia.backbone.memberships"
    verbose_name = "会籍"

    def ready(self) -> None:
        from gongjia.backbone.memberships import queries
        from gongjia.backbone.memberships.permissions import PERMISSIONS
        from gongjia.backbone.organisations import carried
        from gongjia.kernel import events, permissions

        permissions.register(*PERMISSIONS)
        carried.register("会员（含保留会籍）", queries.count_live)
        events.declare("memberships.started", "会籍开始")
        events.declare("memberships.ended", "会籍终止或转为保留")
        events.declare("memberships.counted", "整批会籍开始或撤回：同类的各有多少")
        events.listen("organisations.merged", "gongjia.backbone.memberships.listeners.follow_merger")
        events.listen("organisations.dissolved", "gongjia.backbone.memberships.listeners.follow_dissolution")
        events.listen("people.amended", "gongjia.backbone.memberships.listeners.follow_name")
