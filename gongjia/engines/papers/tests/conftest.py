"""A kind of each layout, as a domain would declare them."""

import pytest

from gongjia.engines.papers import Certificate, Field, Form, Grid, Letter, PaperKind, Roster, Table, kinds

PEOPLE = Field(
    "people",
    "名单",
    ({"name": "王芳", "job": "保洁员"}, {"name": "何建平", "job": "保安员"}),
    columns=(Field("name", "姓名"), Field("job", "岗位")),
)
REPLY = PaperKind(
    code="test.reply",
    zh="测试批复",
    layout=Letter(
        title="关于同意成立{{ 工会名称 }}的批复",
        to="{{ 主送单位 }}：",
        body=(
            "你单位的请示收悉。经研究，同意成立{{ 工会名称 }}，成立日期为{{ 成立日期 }}。",
            "{% if 说明 %}另：{{ 说明 }}{% endif %}",
            Table("people"),
            "特此批复。",
        ),
        attachments=("候选人名单", "选举办法"),
        copy_to="{{ 主送单位 }}",
    ),
    fields=(
        Field("union", "工会名称", "鸿运物业有限公司工会"),
        Field("to", "主送单位", "鸿运物业有限公司"),
        Field("on", "成立日期", "2026年11月1日"),
        Field("more", "说明", ""),
        PEOPLE,
    ),
    series="复",
)
FORM = PaperKind(
    code="test.form",
    zh="测试登记表",
    layout=Form(
        title="会员登记表",
        body=(Grid(((("姓名", "{{ 姓名 }}"), ("单位", "{{ 单位 }}")), (("简历", "{{ 简历 }}"),))),),
    ),
    fields=(
        Field("name", "姓名", "王芳"),
        Field("employer", "单位", "鸿运物业"),
        Field("life", "简历", "2020年参加工作"),
    ),
)
LIST = PaperKind(
    code="test.list",
    zh="测试花名册",
    layout=Roster(title="{{ 工会名称 }}会员花名册", body=(Table("people"), "共计见上表。"), is_landscape=True),
    fields=(Field("union", "工会名称", "鸿运物业有限公司工会"), PEOPLE),
)
CERTIFICATE = PaperKind(
    code="test.certificate",
    zh="测试证书",
    layout=Certificate(title="荣誉证书", to="{{ 姓名 }}同志：", body=("被评为优秀工会积极分子。",)),
    fields=(Field("name", "姓名", "王芳"),),
    series="证",
)
KINDS = (REPLY, FORM, LIST, CERTIFICATE)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_registered", {**kinds._registered, **{each.code: each for each in KINDS}})
