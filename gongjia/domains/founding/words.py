"""The words of founding (依法建会). Pure, because the rules speak them too."""

from gongjia.kernel.words import Word


class Way(Word):
    """What is to stand at the end (工会法 2021 第十一条)."""

    SINGLE = "single", "单独建会"
    JOINT = "joint", "几个单位联合建会"
    REGIONAL = "regional", "区域性基层工会联合会"
    INDUSTRY = "industry", "行业性基层工会联合会"
    ORGANISER = "organiser", "只选组织员一人"


#: Ways by which several units found one organisation; the others are of one unit.
OF_SEVERAL = frozenset({Way.JOINT, Way.REGIONAL, Way.INDUSTRY})
#: Ways whose members are unions, not workers.
OF_UNIONS = frozenset({Way.REGIONAL, Way.INDUSTRY})


class Body(Word):
    """What is elected, in the order in which it is counted."""

    COMMITTEE = "committee", "工会委员会委员"
    CHAIR = "chair", "主席"
    VICE_CHAIR = "vice_chair", "副主席"
    FUND_AUDIT = "fund_audit", "经费审查委员"
    WOMENS = "womens", "女职工委员"
    ORGANISER = "organiser", "组织员"


#: Who leads is drawn from the committee that was elected before.
FROM_COMMITTEE = frozenset({Body.CHAIR, Body.VICE_CHAIR})


class Tie(Word):
    """How a candidate stands to the unit's head, as the candidate has declared it."""

    NONE = "none", "没有不能当候选人的情形"
    CHIEF = "chief", "单位行政主要负责人"
    LEGAL = "legal", "单位法定代表人"
    PARTNER = "partner", "单位合伙人"
    RELATIVE = "relative", "上述人员的近亲属"
    FINANCE = "finance", "工会财务或者管钱管物的人"


class Meeting(Word):
    MEMBERS = "members", "会员大会"
    DELEGATES = "delegates", "会员代表大会"


class ChairBy(Word):
    """Who elects the chair (工会基层组织选举工作条例第三条: 直接或者间接)."""

    MEETING = "meeting", "大会直接选举"
    COMMITTEE = "committee", "委员会选举"


class NumberFrom(Word):
    """Where the number of a reply comes from."""

    HERE = "here", "由平台编号，并生成批复"
    OWN = "own", "已有纸质批复，填写文号"
