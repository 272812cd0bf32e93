from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gongjia.backbone.files"
    verbose_name = "文件"

    def ready(self) -> None:
        from gongjia.backbone.files import expiry, orphans  # noqa: F401 - their periodic work registers itself
        from gongjia.kernel import rotation

        rotation.register("文件", "gongjia.backbone.files.rotation.sweep")
