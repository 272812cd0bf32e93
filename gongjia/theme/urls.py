from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.routes import page
from gongjia.theme import views

READ = ("GET", "HEAD")

urlpatterns = [
    page("print/large", views.large_print, may=ANYONE, name="print-large", methods=READ),
    page("print/normal", views.normal_print, may=ANYONE, name="print-normal", methods=READ),
]
