from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "gongjia.engines.casework"
    label = "casework"
    verbose_name = "事项"

    def ready(self) -> None:
        from gongjia.engines.casework import deadlines, flow  # noqa: F401 - clocks are counted anew by the tick
        from gongjia.engines.casework.handing import climbing  # noqa: F401 - and climb by it
        from gongjia.engines.casework.handing.flow import FLOWS
        from gongjia.engines.casework.permissions import PERMISSIONS
        from gongjia.engines.casework.sealing.flow import UNSEALING
        from gongjia.kernel import events, permissions

        permissions.register(*PERMISSIONS)
        for each in (*FLOWS, UNSEALING):
            flow.register(each)
        events.declare("casework.due", "一个事项到期没有办理，按规则自动往下走")
        events.declare("casework.ran_out", "一个时限到了，到期以后没有人办就自动往下走的")
        events.declare("casework.late", "一个事项超期，已经报给上级工会")
        events.declare("casework.moved", "一个事项办了一步")
        events.declare("casework.handed_over", "一个事项转到另一个工会办理")
        events.on("casework.ran_out", "gongjia.engines.casework.deadlines.fall_silent")
        events.listen("casework.moved", "gongjia.engines.casework.handing.following.settle")
        events.listen("casework.handed_over", "gongjia.engines.casework.handing.following.follow_handover")
        events.listen("casework.moved", "gongjia.engines.casework.sealing.mirrored.tell_origin")
        for name in ("organisations.merged", "organisations.dissolved"):
            events.listen(name, "gongjia.engines.casework.handing.following.follow_end")
            events.listen(name, "gongjia.engines.casework.sealing.mirrored.follow_end")
