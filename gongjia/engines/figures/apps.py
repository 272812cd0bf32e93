from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "gongjia.engines.figures"
    label = "figures"
    verbose_name = "指标"

    def ready(self) -> None:
        from gongjia.engines.figures import folding, repair, vantages  # noqa: F401 - their periodic work registers itself
        from gongjia.kernel import checkups, events

        checkups.register("统计数字", "gongjia.engines.figures.checkups.agreement")
        events.listen("organisations.moved", "gongjia.engines.figures.folding.follow_move")
