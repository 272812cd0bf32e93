"""The URLs of the whole house: each room lists its own by `kernel.routes.page`."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gongjia.theme.urls")),
    path("signin/", include("gongjia.portals.signin.urls")),
    path("signin/", include("gongjia.portals.signin.callbacks")),
    path("", include("gongjia.engines.papers.urls")),
    path("", include("gongjia.engines.casework.urls")),
    path("", include("gongjia.domains.organising.urls")),
    path("", include("gongjia.domains.enrolment.urls")),
    path("", include("gongjia.domains.homes.urls")),
    path("", include("gongjia.domains.fieldwork.urls")),
    path("", include("gongjia.domains.founding.urls")),
    path("", include("gongjia.domains.voices.urls")),
    path("", include("gongjia.portals.work.urls")),
    path("", include("gongjia.portals.liaison.urls")),
    path("", include("gongjia.portals.service.urls")),
    path("", include("gongjia.portals.open.urls")),
]
handler400 = "gongjia.portals.open.errors.bad_request"
handler403 = "gongjia.portals.open.errors.forbidden"
handler404 = "gongjia.portals.open.errors.not_found"
handler500 = "gongjia.portals.open.errors.server_error"
