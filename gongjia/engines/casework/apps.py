from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "gongjia.engines.casework"
    label = "casework"
    verbose_name = "事项"
