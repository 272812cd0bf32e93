"""The SMS client against a provider on this machine."""

import hashlib
import hmac
import json
import logging
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from gongjia.engines.messages import sms

PHONE, TEXT, KEY = "19900000001", "验证码 123456，5 分钟内有效。", "the relay's key"


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))
        if self.server.hang:
            self.server.hang.wait(10)
        self.send_response(self.server.status)
        for name, value in self.server.more_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_GET(self):
        self.server.taken.append(("GET", b""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.taken, server.status, server.more_headers, server.hang = [], 200, {}, None
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    settings.SMS_URL, settings.SMS_KEY = f"http://127.0.0.1:{server.server_address[1]}/send", KEY
    yield server
    if server.hang:
        server.hang.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_message_arrives_whole_and_signed(provider):
    sms.send(PHONE, TEXT, key="k1", template="code", values={"code": "123456"})
    ((headers, body),) = provider.taken
    assert json.loads(body) == {
        "key": "k1",
        "phone": PHONE,
        "text": TEXT,
        "template": "code",
        "values": {"code": "123456"},
    }
    signed = headers["X-Gongjia-Time"].encode() + b"." + body
    assert headers["X-Gongjia-Signature"] == hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert abs(int(headers["X-Gongjia-Time"]) - time.time()) < 3600


def test_each_message_has_a_key_of_its_own_and_a_repeated_one_keeps_it(provider):
    sms.send(PHONE, TEXT)
    sms.send(PHONE, TEXT)
    sms.send(PHONE, TEXT, key="same")
    sms.send(PHONE, TEXT, key="same")
    keys = [json.loads(body)["key"] for _, body in provider.taken]
    assert len(set(keys)) == 3
    assert keys[2:] == ["same", "same"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_an_overloaded_provider_is_to_be_tried_again(status, provider):
    provider.status = status
    with pytest.raises(sms.Unavailable, match=str(status)):
        sms.send(PHONE, TEXT)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(status, provider):
    provider.status = status
    with pytest.raises(sms.Undeliverable, match=str(status)):
        sms.send(PHONE, TEXT)


def test_a_redirect_is_not_taken_for_an_answer(provider):
    provider.status, provider.more_headers = 302, {"Location": "/elsewhere"}
    with pytest.raises(sms.Undeliverable):
        sms.send(PHONE, TEXT)
    assert len(provider.taken) == 1


def test_a_provider_that_does_not_answer_is_given_up(provider, monkeypatch):
    provider.hang = Event()
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(sms.Unavailable):
        sms.send(PHONE, TEXT)


def test_a_provider_that_is_not_there_is_to_be_tried_again(settings):
    settings.SMS_URL, settings.SMS_KEY = "http://127.0.0.1:9/", KEY
    with pytest.raises(sms.Unavailable):
        sms.send(PHONE, TEXT)


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://example.org/"])
def test_only_http_is_spoken(url, settings):
    settings.SMS_URL = url
    with pytest.raises(sms.Undeliverable):
        sms.send(PHONE, TEXT)


def test_no_failure_tells_number_or_text(provider, caplog):
    caplog.set_level(logging.DEBUG)
    for provider.status in (400, 500):
        with pytest.raises(sms.SmsError) as failure:
            sms.send(PHONE, TEXT)
        said = f"{failure.value!r}{failure.value.__cause__!r}{caplog.text}"
        assert PHONE not in said
        assert "123456" not in said
