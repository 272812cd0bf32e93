"""WeChat and a single sign-on as they answer on the wire, on this machine: what the tests of both sign in against."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from gongjia.portals.signin import conf

CLIENT, SECRET = "gongjia-client", "a secret of forty signs for the tests only"


class Answers(BaseHTTPRequestHandler):
    """`server.seen` keeps what was asked; `server.subject` is who the other side says it is."""

    server: Any

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        self.send({
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "jwks_uri": f"{base}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        })  # fmt: skip

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        self.server.seen.append(given)
        self.send(self.wechat(given) if "appid" in given else self.sso(given))

    def wechat(self, given: dict[str, str]) -> dict[str, Any]:
        """Errors come with status 200, as WeChat sends them."""
        if given["code"] != "good" or given["secret"] != SECRET:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"access_token": "t", "expires_in": 7200, "openid": self.server.subject, "scope": "snsapi_base"}

    def sso(self, given: dict[str, str]) -> dict[str, Any]:
        challenge = hashlib.sha256(given["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(challenge).decode().rstrip("=") != self.server.challenge:
            return {"error": "invalid_grant"}
        claims = {
            "iss": f"http://{self.headers['Host']}",
            "aud": CLIENT,
            "sub": self.server.subject,
            "exp": int(time.time()) + 3600,
            "email": self.server.email,
            "email_verified": True,
        }
        return {"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, SECRET, "HS256")}

    def send(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Silent."""


@contextmanager
def running() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.seen, server.subject, server.challenge, server.email = [], "o-first", "", "who@elsewhere.example"  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings_for(url: str, *, wechat: bool = True, sso: bool = True) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS with this server in the place of the real ones."""
    ours = conf.SOCIALACCOUNT_PROVIDERS
    return {
        "weixin": ours["weixin"]
        | {"TOKEN_URL": f"{url}/wechat", "APPS": [{"client_id": "wx1", "secret": SECRET}] if wechat else []},
        "openid_connect": ours["openid_connect"]
        | {
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": "统一身份认证",
                    "client_id": CLIENT,
                    "secret": SECRET,
                    "settings": {"server_url": url, "scope": ["openid"], "fetch_userinfo": False},
                }
            ]
            if sso
            else []
        },
    }


def question_of(location: str) -> dict[str, str]:
    """What the browser is sent to the other side with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
