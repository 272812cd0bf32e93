"""What the page says that asks why a file is opened."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from tests import factories

SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_page_that_asks_why_says_whose_file_it_is_and_leaves_auditing_to_the_auditor(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    address = reverse("work:person", args=[tree.membership.reference])
    chair = sign_in(client, tree.chair)
    asked = body(chair.get(address))
    assert "王*（青禾样例制衣工会委员会）的个人档案" in re.sub("</?strong>", "", asked)
    assert "王芳" not in asked
    assert ">返回</a>" in asked
    assert 'value="audit"' not in asked
    assert chair.post(address, {"purpose": "audit"}).status_code == 403
    auditor = sign_in(Client(), tree.auditor)
    assert 'value="audit"' in body(auditor.get(address))
    assert auditor.post(address, {"purpose": "audit"}).status_code == 303
