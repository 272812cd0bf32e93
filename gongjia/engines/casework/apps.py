from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "gongjia.engines.casework"
    label = "casework"
    verbose_name = "事项"

    def ready(self) -> None:
        from gongjia.kernel import events

        events.declare("casework.due", "一个事项到期没有办理，按规则自动往下走")
