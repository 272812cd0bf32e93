from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "gongjia.backbone.regions"
    verbose_name = "行政区划"
