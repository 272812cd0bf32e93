from django.urls import include, path

from gongjia.theme import specimen

urlpatterns = [
    path("", include("gongjia.theme.urls")),
    path("specimen/<str:face>/<str:condition>/", specimen.show),
    path("ask/<str:name>/", specimen.ask),
]
handler400 = "gongjia.portals.open.errors.bad_request"
handler403 = "gongjia.portals.open.errors.forbidden"
handler404 = "gongjia.portals.open.errors.not_found"
handler500 = "gongjia.portals.open.errors.server_error"
