from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gongjia.backbone.organisations"
    verbose_name = "组织"

    def ready(self) -> None:
        from gongjia.backbone.organisations import carried, queries
        from gongjia.backbone.organisations.permissions import PERMISSIONS
        from gongjia.kernel import events, permissions

        permissions.register(*PERMISSIONS)
        carried.register("工会组织", queries.count_in)
        events.declare("organisations.founded", "成立了一个工会")
        events.declare("organisations.amended", "修改了工会信息")
        events.declare("organisations.moved", "一个工会换了上级")
        events.declare("organisations.merged", "一个工会并入另一个")
        events.declare("organisations.dissolved", "一个工会被撤销")
