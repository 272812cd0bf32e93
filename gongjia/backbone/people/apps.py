from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gongjia.backbone.people"
    verbose_name = "人员"

    def ready(self) -> None:
        from gongjia.kernel import events

        events.declare("people.amended", "修改了人员信息")
