"""What changes of membership register; called by the domain's `apps.py`, the one place that does so."""


def register() -> None:
    """Flows, events, listeners, menus, and the buttons on a member's dossier."""
    from gongjia.backbone.memberships import offered
    from gongjia.backbone.memberships.words import LIVE, State
    from gongjia.domains.enrolment.changes.figures import CHANGED
    from gongjia.domains.enrolment.changes.flow import FLOWS
    from gongjia.engines.casework import flow
    from gongjia.engines.figures import indicators
    from gongjia.kernel import events
    from gongjia.theme import menus
    from gongjia.theme.menus import MenuEntry

    here, write = "gongjia.domains.enrolment.changes", "memberships.write"
    for each in FLOWS:
        flow.register(each)
    indicators.register(CHANGED)
    events.declare("enrolment.bulk_step", "整批转接的下一步：告诉本人、转过去，或者退回来")
    events.on("enrolment.bulk_step", f"{here}.handlers.bulk_step")
    events.on("casework.due", f"{here}.handlers.fall_due")
    events.listen("memberships.ended", f"{here}.listeners.follow_end")
    events.listen("memberships.started", f"{here}.listeners.follow_start")
    events.listen("organisations.merged", f"{here}.listeners.follow_union")
    events.listen("organisations.dissolved", f"{here}.listeners.follow_union")
    events.listen("memberships.ended", f"{here}.figures.follow_end")
    events.listen("memberships.started", f"{here}.figures.follow_start")
    menus.register(
        "work", MenuEntry("会籍变动", "enrolment:changes", "arrows-exchange", may=write, order=41, group="组织")
    )
    page, active, kept = "enrolment:member_change", (State.ACTIVE,), (State.RETAINED,)
    offered.register(
        offered.Offer("转接到别的工会", page, write, LIVE, "?act=transfer", 10),
        offered.Offer("保留会籍", page, write, active, "?act=retained", 20),
        offered.Offer("恢复会籍", page, write, kept, "?act=resumed", 20),
        offered.Offer("终止会籍", page, write, LIVE, "", 30),
        offered.Offer("更正误终止", page, write, (State.ENDED,), "?act=reinstated", 10),
    )
