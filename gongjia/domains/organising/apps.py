from django.apps import AppConfig


class OrganisingConfig(AppConfig):
    name = "gongjia.domains.organising"
    verbose_name = "建会攻坚"

    def ready(self) -> None:
        from gongjia.domains.organising import figures as counted
        from gongjia.domains.organising import placing, sheets, tasks  # noqa: F401 - its periodic work registers itself
        from gongjia.domains.organising.permissions import PERMISSIONS
        from gongjia.engines.figures import indicators
        from gongjia.engines.intake import registry
        from gongjia.kernel import events, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        for kind, spec in sheets.OF_LISTS.items():
            registry.register(f"organising.{kind}", spec)
        events.declare("organising.compare_asked", "有人要求做一次数据比对")
        events.on("organising.compare_asked", "gongjia.domains.organising.tasks.asked")
        events.declare("organising.assign_asked", "有人要求派发符合条件的全部线索，一次一批")
        events.on("organising.assign_asked", "gongjia.domains.organising.handlers.hand_over")
        events.declare("organising.reported", "单位拒绝建会、书面提醒以后报上级工会")
        events.on("organising.reported", "gongjia.domains.organising.handlers.tell_superior")
        events.declare("organising.founding_asked", "为一条线索的单位申请筹建工会")
        founded = "gongjia.domains.organising.founded"
        events.listen("founding.begun", f"{founded}.follow_begin")
        events.listen("founding.group_stood", f"{founded}.follow_group")
        events.listen("founding.stood", f"{founded}.follow_union")
        events.listen("founding.given_up", f"{founded}.follow_giving_up")
        indicators.register(counted.UNIONS, counted.ORGANISATIONS, counted.EMPLOYERS, counted.LEADS)
        listeners = "gongjia.domains.organising.figures"
        events.listen("organisations.founded", f"{listeners}.follow_organisation")
        events.listen("organisations.amended", f"{listeners}.follow_organisation")
        events.listen("organisations.merged", f"{listeners}.follow_organisation_end")
        events.listen("organisations.dissolved", f"{listeners}.follow_organisation_end")
        endings = "gongjia.domains.organising.endings"
        events.listen("organisations.merged", f"{endings}.follow_merger")
        events.listen("organisations.dissolved", f"{endings}.follow_dissolution")
        events.listen("employers.registered", f"{listeners}.follow_employers")
        events.listen("employers.amended", f"{listeners}.follow_employer")
        events.listen("employers.covered", f"{listeners}.follow_cover")
        events.listen("employers.uncovered", f"{listeners}.follow_uncover")
        events.listen("employers.handed_over", f"{listeners}.follow_hand_over")
        menus.register(
            "work",
            MenuEntry("应建未建", "organising:leads", "radar-2", may="organising.see", order=50, group="建会"),
            MenuEntry("工作清单", "organising:work_list", "list-check", may="organising.see", order=52, group="建会"),
            MenuEntry("攻坚行动", "organising:drives", "target-arrow", may="organising.see", order=53, group="建会"),
            MenuEntry("数据比对", "organising:radar", "arrows-diff", may="organising.compare", order=55, group="建会"),
        )
