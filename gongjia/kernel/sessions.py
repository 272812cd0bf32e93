"""Sessions in the database, encrypted: sign-in keeps phone and code in them while it waits.

Each is bound to its key: what one browser is signed in with does not open in the row of another.
"""

import base64
import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from gongjia.kernel import keyring
from gongjia.kernel.crypto import SealError, context_of


def context_of_session(session_key: str) -> bytes:
    return context_of("django_session.session_data", session_key)


class SessionStore(DatabaseStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        sealed = keyring.current().seal(plain, context=context_of_session(self.session_key or ""))
        return base64.b64encode(sealed).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        ring = keyring.current()  # keys that are missing are an error, not a session that has ended
        try:
            plain = ring.open_(base64.b64decode(session_data), context=context_of_session(self.session_key or ""))
        except (SealError, ValueError):  # of another row or database, or under a key that is gone: an empty one
            return {}
        decoded: dict[str, Any] = json.loads(plain)
        return decoded

    @classmethod
    def get_model_class(cls) -> Any:
        from django.contrib.sessions.models import Session

        return Session
