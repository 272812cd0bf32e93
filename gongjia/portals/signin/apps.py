from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "gongjia.portals.signin"
    label = "signin"
    verbose_name = "登录"

    def ready(self) -> None:
        from django.core import checks

        from gongjia.kernel import events, rotation
        from gongjia.portals.signin.checks import check_signin
        from gongjia.portals.signin.codes import EVENT
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        checks.register(check_signin)
        rotation.register("动态码密钥", "gongjia.portals.signin.rotation.sweep")
        events.declare(EVENT, "一个登录验证码要发出去")
        events.on(EVENT, "gongjia.portals.signin.codes.deliver", outside=True, urgent=True)
        menus.register("account", MenuEntry("账号与设备", "signin:devices", "devices", order=80))
        menus.register("account", MenuEntry("退出登录", "signin:out", "logout", order=99))
