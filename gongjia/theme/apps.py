from django.apps import AppConfig
from django.core.checks import Error, register
from django.urls import NoReverseMatch, reverse


class ThemeConfig(AppConfig):
    name = "gongjia.theme"
    verbose_name = "界面"

    def ready(self) -> None:
        register(menu_entries_lead_somewhere)
        register(the_tree_has_a_page)


def menu_entries_lead_somewhere(**_: object) -> list[Error]:
    """`manage.py check` names every menu entry whose page or icon does not exist."""
    from gongjia.theme import icons, menus

    found = []
    for face, entry in menus.registered():
        try:
            reverse(entry.url_name)
        except NoReverseMatch:
            found.append(Error(f"menu {face}: {entry.zh} leads to no page ({entry.url_name})", id="theme.E001"))
        if not icons.exists(entry.icon):
            found.append(Error(f"menu {face}: {entry.zh} names no icon ({entry.icon})", id="theme.E002"))
    return found


def the_tree_has_a_page(**_: object) -> list[Error]:
    """The tree at the left of officers' pages comes from a page that exists."""
    from gongjia.theme import menus

    named = menus.tree_page()
    if not named or menus.url_of(named):
        return []
    return [Error(f"the tree of the work face leads to no page ({named})", id="theme.E003")]
