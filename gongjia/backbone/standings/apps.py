from django.apps import AppConfig


class StandingsConfig(AppConfig):
    name = "gongjia.backbone.standings"
    verbose_name = "状态"
