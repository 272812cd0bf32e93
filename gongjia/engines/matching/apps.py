from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "gongjia.engines.matching"
    label = "matching"
    verbose_name = "比对"
