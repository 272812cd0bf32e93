from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "gongjia.backbone.employers"
    verbose_name = "用人单位"

    def ready(self) -> None:
        from gongjia.backbone.employers import queries
        from gongjia.backbone.employers.permissions import PERMISSIONS
        from gongjia.backbone.organisations import carried
        from gongjia.kernel import events, permissions

        permissions.register(*PERMISSIONS)
        carried.register("涵盖单位", queries.count_covered)
        carried.register("负责登记的用人单位", queries.count_answered)
        events.declare("employers.registered", "登记了用人单位")
        events.declare("employers.amended", "修改了用人单位信息")
        events.declare("employers.covered", "工会开始覆盖一个单位")
        events.declare("employers.uncovered", "工会不再覆盖一个单位")
        events.declare("employers.handed_over", "单位随工会合并或撤销转交")
        events.listen("organisations.merged", "gongjia.backbone.employers.listeners.follow_merger")
        events.listen("organisations.dissolved", "gongjia.backbone.employers.listeners.follow_dissolution")
