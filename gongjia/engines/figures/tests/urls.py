from django.http import HttpRequest, HttpResponse
from django.urls import path


def rows(request: HttpRequest) -> HttpResponse:
    return HttpResponse("rows")


urlpatterns = [path("loans/", rows, name="loans")]
