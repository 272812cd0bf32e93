from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gongjia.backbone.accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from gongjia.backbone.accounts import sittings, tries  # noqa: F401 - their periodic work registers itself
        from gongjia.backbone.accounts.permissions import PERMISSIONS
        from gongjia.kernel import events, middleware, permissions

        permissions.register(*PERMISSIONS)
        events.declare("accounts.managed", "管理员开立、停用、恢复了别人的账号，或者重设了密码、动态码")
        events.declare("accounts.bound", "一个账号对应到了一个人：账号以前留下的，从现在起是这个人的")
        middleware.actors_come_from("gongjia.backbone.accounts.actors.actor_of")
