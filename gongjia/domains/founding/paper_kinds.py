"""The kinds of paper of a founding: what each says, with fields that `papers` fills in."""

from gongjia.engines.papers.kinds import Field, Grid, Letter, PaperKind, Roster, Table

REQUEST, REPLY, REPORT, RESULT_REPLY = "founding.request", "founding.reply", "founding.report", "founding.result_reply"
METHOD, LIST, ATTENDANCE = "founding.method", "founding.candidates", "founding.attendance"
BALLOT, TALLY, MINUTES = "founding.ballot", "founding.tally", "founding.minutes"

_UNIONS = Field("name", "工会名称", "鸿运样例物业有限公司工会委员会")
_UNITS = Field(
    "units",
    "涵盖单位",
    ({"unit": "鸿运样例物业有限公司", "code": "", "heads": "86", "women": "31"},),
    columns=(Field("unit", "单位"), Field("code", "代码"), Field("heads", "职工人数"), Field("women", "女职工")),
)
_PEOPLE = (Field("body", "选什么"), Field("person", "姓名"), Field("sex", "性别"), Field("tie", "与单位负责人的关系"))
_CANDIDATES = Field(
    "candidates",
    "候选人",
    ({"body": "工会委员会委员", "person": "白小满", "sex": "女", "tie": "没有"},),
    columns=_PEOPLE,
)
_ELECTED = Field(
    "elected",
    "当选人",
    ({"body": "主席", "person": "白小满", "votes": "24"},),
    columns=(Field("body", "职务"), Field("person", "姓名"), Field("votes", "得票")),
)
_COUNTS = Field(
    "counts",
    "计票结果",
    (
        {
            "body": "工会委员会委员", "person": "白小满", "yes": "24", "no": "1", "abstain": "0", "came": "当选",
            "sheet": "发出25 收回25 有效25 无效0",
        },
    ),
    columns=(
        Field("body", "选什么"),
        Field("person", "姓名"),
        Field("yes", "赞成"),
        Field("no", "反对"),
        Field("abstain", "弃权"),
        Field("came", "结果"),
        Field("sheet", "选票"),
    ),
)  # fmt: skip
_SEATS = Field(
    "seats",
    "名额",
    ({"body": "工会委员会委员", "number": "3", "needed": "4"},),
    columns=(Field("body", "选什么"), Field("number", "应选"), Field("needed", "候选人")),
)
_BLANKS = Field(
    "lines",
    "名单",
    ({"person": "白小满", "unit": "装配车间"},),
    columns=(Field("person", "姓名"), Field("unit", "签到")),
)
_MEETING = (
    Field("meeting", "选举形式", "会员大会"),
    Field("held", "大会日期", "2026年11月18日"),
    Field("place", "地点", "食堂二楼"),
    Field("expected", "应到会", "27"),
    Field("present", "实到会", "25"),
    Field("scrutineers", "监票人", "程守一"),
    Field("tellers", "计票人", "陆知秋"),
)
_TERM = (Field("term", "任期", "3"),)
_TO = Field("to", "主送", "咸安区总工会")
_FROM = Field("sender", "来文单位", "浮山街道总工会")

KINDS = (
    PaperKind(
        code=REQUEST,
        zh="筹建工会的请示",
        layout=Letter(
            title="关于筹建{{ 工会名称 }}的请示",
            to="{{ 主送 }}：",
            body=(
                "{{ 理由 }}",
                "根据《中华人民共和国工会法》《中国工会章程》，拟{{ 建会方式 }}，建立{{ 工会名称 }}。涵盖单位如下：",
                Table("units"),
                (
                    "拟成立筹备组，负责人：{{ 筹备组负责人 }}。职工代表：{{ 职工代表 }}。"
                    "{% if 党组织代表 %}党组织代表：{{ 党组织代表 }}。{% endif %}"
                    "{% if 上级派的人 %}上级派：{{ 上级派的人 }}。{% endif %}"
                ),
                "妥否，请批示。",
            ),
        ),
        fields=(
            _TO,
            _UNIONS,
            Field("way", "建会方式", "单独建会"),
            Field("why", "理由", "本单位职工要求建立工会。"),
            Field("head", "筹备组负责人", "白小满"),
            Field("staff", "职工代表", "白小满、程守一"),
            Field("party", "党组织代表", ""),
            Field("sent", "上级派的人", ""),
            _UNITS,
        ),
        group="建会",
    ),
    PaperKind(
        code=REPLY,
        zh="同意筹建工会的批复",
        layout=Letter(
            title="关于同意筹建{{ 工会名称 }}的批复",
            to="{{ 来文单位 }}：",
            body=(
                (
                    "你单位《关于筹建{{ 工会名称 }}的请示》收悉。经研究，同意成立筹备组，负责人{{ 筹备组负责人 }}。"
                    "涵盖单位如下："
                ),
                Table("units"),
                "请依法发展会员，按《工会基层组织选举工作条例》筹备和召开选举大会，并将选举结果报我会。",
            ),
        ),
        fields=(_FROM, _UNIONS, Field("head", "筹备组负责人", "白小满"), _UNITS),
        series="复",
        group="建会",
    ),
    PaperKind(
        code=REPORT,
        zh="选举结果的报告",
        layout=Letter(
            title="关于{{ 工会名称 }}选举结果的报告",
            to="{{ 主送 }}：",
            body=(
                (
                    "{{ 大会日期 }}在{{ 地点 }}召开{{ 选举形式 }}，应到会{{ 应到会 }}人，实到会{{ 实到会 }}人，"
                    "符合法定人数。经无记名投票，选举结果如下："
                ),
                Table("elected"),
                "监票人：{{ 监票人 }}。计票人：{{ 计票人 }}。",
                "本届任期{{ 任期 }}年。现将结果报上，请批复。",
            ),
        ),
        fields=(_TO, _UNIONS, *_MEETING, *_TERM, _ELECTED),
        group="建会",
    ),
    PaperKind(
        code=RESULT_REPLY,
        zh="选举结果的批复",
        layout=Letter(
            title="关于同意成立{{ 工会名称 }}和选举结果的批复",
            to="{{ 来文单位 }}：",
            body=(
                "你单位《关于{{ 工会名称 }}选举结果的报告》收悉。经研究，同意成立{{ 工会名称 }}，同意选举结果：",
                Table("elected"),
                "第一届委员会任期{{ 任期 }}年，自批复之日起计算。",
            ),
        ),
        fields=(_FROM, _UNIONS, *_TERM, _ELECTED),
        series="复",
        group="建会",
    ),
    PaperKind(
        code=METHOD,
        zh="选举办法",
        layout=Letter(
            title="{{ 工会名称 }}第一届委员会选举办法（草案）",
            body=(
                "一、本次选举由{{ 选举形式 }}进行，采用无记名投票。名额如下：",
                Table("seats", is_numbered=False),
                "二、到会人数达到应到会人数的三分之二以上，方可选举。",
                (
                    "三、候选人得到应到会人数过半数的赞成票，方为当选；过半数的人多于名额的，得票多的当选；"
                    "最后的名额票数相等的，在他们之中再投一次。"
                ),
                "四、收回的选票等于或者少于发出的选票，选举有效；多于发出的，选举无效，重新选举。",
                "五、每张选票所选的人数等于或者少于应选人数的有效，多于的无效。",
                "六、主席由{{ 主席产生 }}产生。",
                "七、监票人由大会通过，候选人不能担任监票人。",
            ),
            sign=False,
        ),
        fields=(_UNIONS, _MEETING[0], Field("chair_by", "主席产生", "大会直接选举"), _SEATS),
        group="建会",
    ),
    PaperKind(
        code=LIST,
        zh="候选人名单",
        layout=Roster(title="{{ 工会名称 }}候选人名单", body=(Table("candidates"),)),
        fields=(_UNIONS, _CANDIDATES),
        group="建会",
    ),
    PaperKind(
        code=ATTENDANCE,
        zh="到会签到表",
        layout=Roster(title="{{ 工会名称 }}选举大会签到表", body=(Table("lines"),), sign=False),
        fields=(_UNIONS, _BLANKS),
        group="建会",
    ),
    PaperKind(
        code=BALLOT,
        zh="选票",
        layout=Letter(
            title="{{ 工会名称 }}选票",
            body=(
                "赞成的画“○”，反对的画“×”，弃权的不画；所选人数超过应选人数的无效。",
                Table("ballot"),
                "另选人：",
            ),
            sign=False,
        ),
        fields=(
            _UNIONS,
            Field(
                "ballot",
                "选票",
                ({"body": "工会委员会委员（应选 3 人）", "person": "白小满", "mark": ""},),
                columns=(Field("body", "选什么"), Field("person", "姓名"), Field("mark", "符号")),
            ),
        ),
        group="建会",
    ),
    PaperKind(
        code=TALLY,
        zh="计票单",
        layout=Roster(
            title="{{ 工会名称 }}计票单",
            body=(
                (
                    "{{ 选举形式 }}，{{ 大会日期 }}，{{ 地点 }}。应到会{{ 应到会 }}人，"
                    "实到会{{ 实到会 }}人。监票人：{{ 监票人 }}。计票人：{{ 计票人 }}。"
                ),
                Table("counts", is_numbered=False),
            ),
            is_landscape=True,
        ),
        fields=(_UNIONS, *_MEETING, _COUNTS),
        group="建会",
    ),
    PaperKind(
        code=MINUTES,
        zh="选举大会纪要",
        layout=Letter(
            title="{{ 工会名称 }}选举大会纪要",
            body=(
                Grid(
                    rows=(
                        (("时间", "{{ 大会日期 }}"), ("地点", "{{ 地点 }}")),
                        (("应到会", "{{ 应到会 }}人"), ("实到会", "{{ 实到会 }}人")),
                        (("监票人", "{{ 监票人 }}"), ("计票人", "{{ 计票人 }}")),
                    )
                ),
                "{{ 选举形式 }}通过选举办法和监票人、计票人名单，以无记名投票选举。计票结果：",
                Table("counts", is_numbered=False),
                "当选名单：",
                Table("elected"),
            ),
        ),
        fields=(_UNIONS, *_MEETING, _COUNTS, _ELECTED),
        group="建会",
    ),
)
