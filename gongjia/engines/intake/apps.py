from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "gongjia.engines.intake"
    label = "intake"
    verbose_name = "表格收发"

    def ready(self) -> None:
        from gongjia.engines.intake import tasks  # noqa: F401 - registers its ticks
        from gongjia.kernel import events

        events.declare("intake.ended", "一次导入核对完、写完、撤销完，或者没有完成")
