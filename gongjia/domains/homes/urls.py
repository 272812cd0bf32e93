"""The URLs of the public face of a union."""

from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.homes import board_views, desk_views, queries, views
from gongjia.domains.homes.sites import views as site_views
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page

app_name = "homes"
READ = ("GET", "HEAD")
_UNION = organisation_by_reference
_DISPLAY = queries.display_by_reference
_CARD = queries.card_by_reference
_AT = "desk/faces/<ref:reference>/"
_SEE, _WRITE, _CHECK = "homes.see", "homes.write", "homes.check"

urlpatterns = [
    page("desk/faces/", board_views.board, may=_SEE, name="board"),
    page(_AT, desk_views.union, may=_SEE, name="union", subject=_UNION, methods=READ),
    page(f"{_AT}show/", desk_views.show, may=_WRITE, name="show", subject=_UNION),
    page(f"{_AT}duty/", desk_views.duty, may=_WRITE, name="duty", subject=_UNION),
    page(f"{_AT}names/", desk_views.names, may=_WRITE, name="names", subject=_UNION),
    page(f"{_AT}site/", site_views.site, may=_WRITE, name="site", subject=_UNION),
    page(f"{_AT}site/close/", site_views.close, may=_WRITE, name="close_site", subject=_UNION),
    page(f"{_AT}site/use/", site_views.use, may=_WRITE, name="use_site", subject=_UNION),
    page(f"{_AT}plate/", desk_views.plate, may=_SEE, name="plate", subject=_UNION, methods=READ),
    page(f"{_AT}sheet/", desk_views.sheet, may=_SEE, name="sheet", subject=_UNION, methods=READ),
    page("desk/displays/<ref:reference>/down/", desk_views.take_down, may=_WRITE, name="take_down", subject=_DISPLAY),
    page("desk/displays/<ref:reference>/check/", desk_views.check, may=_CHECK, name="check", subject=_DISPLAY),
    page("desk/cards/<ref:reference>/drop/", desk_views.drop_card, may=_WRITE, name="drop_card", subject=_CARD),
    page("my/names/", views.my_names, may=SIGNED_IN, name="my_names"),
    page("my/names/<ref:reference>/withdraw/", views.withdraw, may=SIGNED_IN, name="withdraw", subject=_CARD),
]
