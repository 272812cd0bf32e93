from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest
from django import forms
from django.template import Context, RequestContext, Template, TemplateSyntaxError

from gongjia.kernel.paging import Page
from gongjia.theme import icons


def drawn(text: str, request: Any = None, **values: Any) -> str:
    context = RequestContext(request, values) if request else Context(values)
    return Template(text).render(context)


def test_an_icon_is_drawn_in_the_page_and_hidden_from_screen_readers() -> None:
    svg = drawn('{% icon "home" %}')
    assert svg.startswith('<svg class="glyph"')
    assert 'aria-hidden="true"' in svg
    assert svg.count("<path") == 3
    assert "M0 0h24v24H0z" not in svg


def test_an_icon_that_stands_alone_has_a_name() -> None:
    assert 'role="img" aria-label="打印"' in drawn('{% icon "printer" label="打印" %}')


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", ""])
def test_an_unknown_icon_is_an_error_and_no_path_leads_out_of_the_folder(name: str) -> None:
    assert not icons.exists(name)
    with pytest.raises(icons.UnknownIcon):
        drawn("{% icon name %}", name=name)


def test_a_figure_that_is_not_known_is_not_shown_as_zero() -> None:
    unknown = drawn('{% figure "会员" None unit="人" %}{% endfigure %}')
    assert "未知" in unknown
    assert "人" not in unknown
    assert "未知" not in drawn('{% figure "会员" 0 unit="人" %}{% endfigure %}')


def test_numbers_are_grouped_by_three() -> None:
    assert drawn("{{ n|number }}", n=1234567) == "1,234,567"
    assert "1,234,567" in drawn('{% figure "会员" n %}{% endfigure %}', n=1234567)
    assert drawn("{{ fen|yuan }}", fen=123456) == "1,234.56 元"
    assert "未知" in drawn("{{ fen|yuan }}", fen=None)


def test_a_period_that_ends_with_a_day_names_its_last_day() -> None:
    assert "2026年11月20日" in drawn("{{ at|deadline }}", at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    assert "2026年11月20日 02:05" in drawn("{{ at|deadline }}", at=datetime(2026, 11, 19, 18, 5, tzinfo=UTC))


def test_moments_are_told_in_shanghai() -> None:
    at = datetime(2026, 11, 19, 18, 5, tzinfo=UTC)
    assert "2026年11月20日 02:05" in drawn("{{ at|moment }}", at=at)
    assert "2026年11月20日" in drawn("{{ at|day }}", at=at)
    assert 'datetime="2026-11-20"' in drawn("{{ on|day }}", on=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("spent", "total", "tone", "said"),
    [
        (0, 5, "calm", "还剩 5 个工作日"),
        (3, 5, "calm", "还剩 2 个工作日"),
        (4, 5, "soon", "还剩 1 个工作日"),
        (5, 5, "soon", "今天到期"),
        (6, 5, "late", "已超 1 个工作日"),
    ],
)
def test_a_clock_says_in_words_what_its_colour_says(spent: int, total: int, tone: str, said: str) -> None:
    html = drawn('{% clock "受理" spent total %}', spent=spent, total=total)
    assert f"clock-{tone}" in html
    assert said in html


def test_a_state_has_a_word_and_no_unknown_tone() -> None:
    assert drawn('{% state "办理中" "doing" %}') == '<span class="state state-doing">办理中</span>'
    with pytest.raises(ValueError, match="no such tone"):
        drawn('{% state "办理中" "pink" %}')


def test_what_people_wrote_is_escaped_once_in_every_block() -> None:
    name = "<b>&"
    text = (
        '{% dossier "甲" %}{% fact "名称" name %}{% enddossier %}'
        "{% timeline %}{% event name %}{{ name }}{% endevent %}{% endtimeline %}"
        '{% answers %}{% answer "姓名" name %}{% endanswers %}'
    )
    html = drawn(text, name=name)
    assert "<b>" not in html
    assert html.count("&lt;b&gt;&amp;") == 4
    assert "&amp;lt;" not in html


@dataclass(frozen=True)
class Row:
    name: str
    staff: int | None


LIST = (
    '{% listing "单位" page=page empty="没有单位" hint="换个条件" %}{% for each in page.rows %}{% row url="/x" %}'
    '{% cell "单位" main=True sort="name" %}{{ each.name }}{% endcell %}'
    '{% cell "职工" num=True %}{% if each.staff %}{{ each.staff }}{% endif %}{% endcell %}'
    "{% endrow %}{% endfor %}{% endlisting %}"
)


def page_of(*rows: Row, next_: str = "", previous: str = "", count: int = 0) -> Page[Any]:
    return Page(rows=rows, next=next_, previous=previous, count=count or len(rows), is_capped=count >= 10_000)


def test_a_list_reads_its_headings_off_the_first_row(asked: Any) -> None:
    html = drawn(LIST, asked("/?q=a"), page=page_of(Row("甲<i>", 3), Row("乙", None)))
    head = html.split("<tbody")[0]
    assert head.count("<th ") == 2
    assert "?q=a&amp;sort=name" in head
    assert "甲&lt;i&gt;" in html
    assert '<span class="unknown">—</span>' in html


def test_an_empty_list_says_what_to_do_and_draws_no_table(asked: Any) -> None:
    html = drawn(LIST, asked(), page=page_of())
    assert "没有单位" in html
    assert "换个条件" in html
    assert "<table" not in html


def test_sorting_turns_round_and_starts_at_the_first_page(asked: Any) -> None:
    html = drawn(LIST, asked("/?sort=name&cursor=abc"), page=page_of(Row("甲", 1)))
    assert 'aria-sort="ascending"' in html
    assert "?sort=-name" in html
    assert "cursor" not in html.split("<tbody")[0]


def test_the_pager_keeps_the_filters_and_caps_the_count(asked: Any) -> None:
    page = page_of(Row("甲", 1), next_="N", previous="P", count=10_000)
    html = drawn("{% pager page %}", asked("/?q=桂溪&cursor=old"), page=page)
    assert "10,000+" in html
    assert 'rel="prev" href="?q=%E6%A1%82%E6%BA%AA&amp;cursor=P"' in html
    assert 'rel="next" href="?q=%E6%A1%82%E6%BA%AA&amp;cursor=N"' in html


def test_the_only_page_has_nothing_to_turn(asked: Any) -> None:
    html = drawn("{% pager page %}", asked(), page=page_of(Row("甲", 1)))
    assert "下一页" not in html
    assert "上一页" not in html


class Filters(forms.Form):
    q = forms.CharField(label="名称", required=False)
    size = forms.ChoiceField(label="人数", required=False, choices=[("", "不限"), ("25", "25 人以上")])


def test_each_filter_can_be_taken_off_and_the_others_stay(asked: Any) -> None:
    request = asked("/?q=桂&size=25&sort=-name&cursor=x")
    html = drawn("{% filters form %}", request, form=Filters(request.GET))
    assert "人数：25 人以上" in html
    assert 'href="?q=%E6%A1%82&amp;sort=-name"' in html
    assert '<input type="hidden" name="sort" value="-name">' in html


class Narrowed(Filters):
    under = forms.CharField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)
    hidden_zh = MappingProxyType({"under": "范围：桂溪街道总工会"})


def test_what_narrows_a_list_without_a_field_to_see_is_sent_along_and_named_and_can_be_taken_off(asked: Any) -> None:
    request = asked("/?q=桂&under=abc&on=2026-10-31&cursor=x")
    html = drawn("{% filters form %}", request, form=Narrowed(request.GET))
    assert '<input type="hidden" name="under" value="abc">' in html
    assert '<input type="hidden" name="on" value="2026-10-31">' in html
    assert 'href="?q=%E6%A1%82&amp;on=2026-10-31">范围：桂溪街道总工会' in html
    assert "日期" not in html, "the form gave no words for the day"


def test_the_search_by_name_stands_before_the_fold_of_the_filters(asked: Any) -> None:
    html = drawn("{% filters form %}", asked(), form=Filters())
    assert html.index('name="q"') < html.index("<details") < html.index('name="size"')


class Ask(forms.Form):
    phone = forms.CharField(label="手机号", help_text="用来登录")
    code = forms.CharField(label="验证码", widget=forms.TextInput(attrs={"maxlength": "8"}))
    kind = forms.ChoiceField(label="方式", widget=forms.RadioSelect, choices=[("a", "甲"), ("b", "乙")])
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)


def test_a_field_gets_the_keyboard_that_fits_its_answer_and_keeps_what_its_author_set() -> None:
    html = drawn("{% fields form %}", form=Ask())
    assert '<input type="tel" name="phone" inputmode="tel" autocomplete="tel"' in html
    assert 'autocomplete="one-time-code"' in html
    assert 'maxlength="8"' in html
    assert html.count("选填") == 1


def test_an_error_stands_in_the_summary_and_at_its_field() -> None:
    html = drawn("{% errors form reasons %}{% fields form %}", form=Ask({"note": "x"}), reasons=["未满 16 周岁"])
    assert "有 4 处需要修改" in html
    assert "未满 16 周岁" in html
    assert '<a href="#id_phone">手机号：' in html
    assert '<a href="#id_kind_0">' in html
    assert 'aria-describedby="id_phone_hint id_phone_error"' in html
    assert 'id="id_phone_error"' in html
    assert html.split('id="id_phone"')[0].rsplit("<input", 1)[1].count('aria-invalid="true"') == 1


def test_a_form_that_was_not_sent_has_no_summary() -> None:
    assert drawn("{% errors form %}", form=Ask()) == ""
    assert drawn("{% errors missing %}") == ""


DATA = {"labels": ["咸安区", "赤壁市"], "series": [{"name": "会员</script>", "values": [1200, None]}]}


def test_a_chart_is_a_table_first_and_loads_its_script_once(asked: Any) -> None:
    twice = '{% chart data "bar" "会员" unit="人" %}{% chart data "line" "会员" %}'
    html = drawn(twice, asked(), data=DATA)
    assert html.count("echarts.min.js") == 1
    assert html.count("<table") == 2
    assert "1,200" in html
    assert "未知" in html
    assert "会员</script>" not in html


def test_a_chart_without_numbers_says_so_and_loads_nothing(asked: Any) -> None:
    html = drawn('{% chart data "bar" "会员" %}', asked(), data={"labels": [], "series": []})
    assert "没有数据" in html
    assert "echarts" not in html


def test_bars_need_no_script_and_keep_the_unknown_apart() -> None:
    html = drawn('{% bars data "会员" mark="咸安区" %}', data=DATA)
    assert "<script" not in html
    assert 'width="100.0"' in html
    assert html.count("is-marked") == 1
    assert "未知" in html


def test_a_share_of_nothing_is_unknown() -> None:
    assert drawn("{% share 1 8 %}") == "12.5%"
    assert "未知" in drawn("{% share 0 0 %}")
    assert "未知" in drawn("{% share None 8 %}")


def test_long_work_asks_again_only_while_it_runs() -> None:
    assert 'hx-trigger="every 2s"' in drawn('{% progress 3 9 "比对" poll_url="/p" %}')
    assert "hx-get" not in drawn('{% progress 9 9 "比对" poll_url="/p" %}')
    assert "<progress aria" in drawn('{% progress 0 0 "读表" poll_url="/p" %}')


def test_a_slow_part_is_fetched_by_script_and_is_a_link_without() -> None:
    html = drawn('{% loading "/part" "正在读取名单" %}')
    assert 'hx-get="/part" hx-trigger="load"' in html
    assert '<noscript><a href="/part">' in html


def test_a_page_without_a_title_does_not_compile() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% page_head %}{% endpage_head %}")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("咸宁市咸安区青禾样例制衣有限公司工会委员会", ["咸宁市咸安区", "青禾样例制衣有限公司", "工会委员会"]),
        ("青禾样例工会二车间分工会总装二组工会小组", ["青禾样例工会", "二车间分工会", "总装二组工会小组"]),
        ("咸安区总工会", ["咸安区总工会"]),
        ("市场监管", ["市场监管"]),
        ("谁能看到什么", ["谁能看到什么"]),
        ("<b>有限公司</b>甲", ["&lt;b&gt;有限公司", "&lt;/b&gt;甲"]),
    ],
)
def test_a_long_name_wraps_between_its_parts(name: str, parts: list[str]) -> None:
    shown = drawn("{{ name|phrases }}", name=name)
    assert shown.removeprefix('<span class="phrases">').removesuffix("</span>").split("<wbr>") == parts


def test_what_stands_beside_a_list_has_a_heading_and_can_be_shut() -> None:
    shown = drawn('{% brief "青禾样例制衣" url="/a/" kicker="用人单位" %}<p>正文</p>{% endbrief %}')
    assert '<h2><a href="/a/">' in shown
    assert "data-close-pane" in shown
    assert 'aria-label="收起右边的摘要"' in shown


def test_a_cell_without_words_is_left_out_of_a_card_and_keeps_its_heading(asked: Any) -> None:
    cells = '{% cell "单位" main=True %}甲{% endcell %}{% cell "人数" num=True %}{% endcell %}'
    text = '{% listing "单位" %}{% row %}' + cells + "{% endrow %}{% endlisting %}"
    shown = drawn(text, asked())
    assert '<th role="columnheader" scope="col" class="num">人数</th>' in shown
    assert 'class="is-unknown num" data-label="人数"' in shown
