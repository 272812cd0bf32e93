from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "gongjia.kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        from gongjia.kernel import audit, events, retention  # noqa: F401 - their periodic work registers itself
        from gongjia.kernel.forms import speak_plainly

        speak_plainly()
