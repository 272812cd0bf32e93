"""The addresses that allauth builds by names of its own, named one by one; none of its other URLs exist.

- weixin_callback: where WeChat sends the browser back to.
- openid_connect_callback: where the single sign-on sends the browser back to.
"""

from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.routes import page
from gongjia.portals.signin.views import elsewhere

READ = ("GET", "HEAD")

urlpatterns = [
    page("wechat/back", elsewhere.wechat_back, may=ANYONE, name="weixin_callback", methods=READ),
    page(
        "<slug:provider_id>/back",
        elsewhere.single_sign_on_back,
        may=ANYONE,
        name="openid_connect_callback",
        methods=READ,
    ),
]
