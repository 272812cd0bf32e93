"""The pages of sign-in. Included at `signin/`; the two addresses that allauth asks for by name are in callbacks.py."""

from gongjia.backbone.memberships.queries import live_by_reference
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.signin.views import account, arriving, elsewhere, officers

app_name = "signin"
READ = ("GET", "HEAD")
SEND = ("POST",)

urlpatterns = [
    page("", arriving.start, may=ANYONE, name="start"),
    page("code", arriving.code, may=ANYONE, name="code"),
    page("code/again", arriving.code_again, may=ANYONE, name="code-again", methods=SEND),
    page("identity", arriving.identity, may=ANYONE, name="identity"),
    page("welcome", arriving.welcome, may=ANYONE, name="welcome", methods=READ),
    page("wechat/drop", arriving.drop_identity, may=ANYONE, name="drop-identity", methods=SEND),
    page("wechat", elsewhere.wechat, may=ANYONE, name="wechat", methods=READ),
    page("sso", elsewhere.single_sign_on, may=ANYONE, name="sso", methods=READ),
    page("officer", officers.officer, may=ANYONE, name="officer"),
    page("second-factor", officers.second, may=ANYONE, name="second-factor"),
    page("renew-password", officers.renew_password, may=ANYONE, name="renew-password"),
    page("enrol", officers.enrol, may=ANYONE, name="enrol"),
    page("recovery-codes", officers.recovery_codes, may=SIGNED_IN, name="recovery-codes"),
    page("confirm", account.confirm, may=SIGNED_IN, name="confirm"),
    page("devices", account.devices, may=SIGNED_IN, name="devices", methods=READ),
    page("devices/end", account.end_device, may=SIGNED_IN, name="end-device", methods=SEND),
    page("devices/end-others", account.end_others, may=SIGNED_IN, name="end-others", methods=SEND),
    page("identities/release", account.release_identity, may=SIGNED_IN, name="release-identity", methods=SEND),
    page("phone", account.new_phone, may=SIGNED_IN, name="new-phone"),
    page("phone/code", account.new_phone_code, may=SIGNED_IN, name="new-phone-code"),
    page("password", account.password, may=SIGNED_IN, name="password"),
    page("out", account.sign_out, may=ANYONE, name="out"),
    page("vouch/<ref:reference>", account.vouch, may="accounts.vouch", name="vouch", subject=live_by_reference),
]
