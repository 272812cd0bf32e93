from typing import Any

import pytest

pytestmark = [pytest.mark.urls("gongjia.theme.tests.urls"), pytest.mark.django_db]


def test_large_print_is_remembered_by_the_device_and_drawn_by_the_server(client: Any) -> None:
    answer = client.get("/print/large", headers={"referer": "http://testserver/specimen/service/full/"})
    assert answer.status_code == 302
    assert answer["Location"] == "http://testserver/specimen/service/full/"
    assert '<html lang="zh-CN" data-print="large">' in client.get("/specimen/service/full/").content.decode()
    client.get("/print/normal")
    assert '<html lang="zh-CN">' in client.get("/specimen/service/full/").content.decode()


@pytest.mark.parametrize("referer", ["https://elsewhere.example/x", "javascript:alert(1)", ""])
def test_changing_the_print_size_leads_nowhere_else(client: Any, referer: str) -> None:
    assert client.get("/print/large", headers={"referer": referer})["Location"] == "/"
