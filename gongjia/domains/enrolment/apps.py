from datetime import timedelta

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "gongjia.domains.enrolment"
    verbose_name = "入会"

    def ready(self) -> None:
        from gongjia.backbone.accounts import newcomers
        from gongjia.domains.enrolment.cards import MEMBER
        from gongjia.domains.enrolment.certificates import MEMBERSHIP_PROOF
        from gongjia.domains.enrolment.changes import registered as changes
        from gongjia.domains.enrolment.figures import JOINS, MEMBERS, MIGRANTS
        from gongjia.domains.enrolment.flow import JOINING
        from gongjia.domains.enrolment.permissions import PERMISSIONS
        from gongjia.domains.enrolment.rosters import IMPORTER
        from gongjia.engines import papers
        from gongjia.engines.casework import flow
        from gongjia.engines.figures import indicators
        from gongjia.engines.intake import importers
        from gongjia.engines.papers import proofs
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        newcomers.come_by("enrolment:join")
        flow.register(JOINING)
        proofs.register(MEMBER)
        papers.register(MEMBERSHIP_PROOF)
        importers.register(IMPORTER)
        indicators.register(MEMBERS, MIGRANTS, JOINS)
        listeners = "gongjia.domains.enrolment.figures"
        events.listen("memberships.started", f"{listeners}.follow_start")
        events.listen("memberships.ended", f"{listeners}.follow_end")
        events.listen("memberships.counted", f"{listeners}.follow_many")
        events.listen("people.amended", f"{listeners}.follow_person")
        events.listen("organisations.merged", "gongjia.domains.enrolment.endings.follow_merger")
        events.listen("organisations.dissolved", "gongjia.domains.enrolment.endings.follow_dissolution")
        events.declare("enrolment.answered", "入会申请已经答复，申请人还没有档案")
        events.on(
            "enrolment.answered",
            "gongjia.domains.enrolment.handlers.send_answer",
            outside=True,
            first_wait=timedelta(minutes=5),
        )
        events.on("intake.ended", "gongjia.domains.enrolment.handlers.tell_who_asked")
        for entry in (
            MenuEntry("入会审批", "enrolment:waiting", "user-check", may="enrolment.approve", order=40, group="组织"),
            MenuEntry("花名册导入", "enrolment:my_imports", "upload", may="memberships.write", order=25, group="名册"),
        ):
            menus.register("work", entry)
        menus.register("service", MenuEntry("我的工会", "enrolment:membership", "id-badge-2", order=20))
        changes.register()
