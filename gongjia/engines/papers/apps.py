from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "gongjia.engines.papers"
    verbose_name = "公文"

    def ready(self) -> None:
        from gongjia.engines.papers import proofs
        from gongjia.engines.papers.permissions import PERMISSIONS
        from gongjia.kernel import checkups, permissions
        from gongjia.theme import menus
        from gongjia.theme.menus import MenuEntry

        permissions.register(*PERMISSIONS)
        checkups.register("公文", "gongjia.engines.papers.checkups.fonts_and_office")
        proofs.register(proofs.PAPER)
        menus.register("work", MenuEntry("公文", "papers:desk", "file-text", may="papers.read", order=60, group="组织"))
