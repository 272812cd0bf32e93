"""The words of a worker's voice (诉求): by which way it came, what it is about, what is wished, whom it concerns."""

from gongjia.kernel.words import Word


class Channel(Word):
    WEB = "web", "网上"
    HOTLINE = "hotline", "12351 热线"
    WALK_IN = "walk_in", "来访"
    LETTER = "letter", "来信"
    LINE_12345 = "line_12345", "12345 转来"
    SUPERIOR = "superior", "上级转来"


#: What an officer writes down; the others come by themselves.
BY_HAND = (Channel.HOTLINE, Channel.WALK_IN, Channel.LETTER, Channel.LINE_12345, Channel.SUPERIOR)
#: The worker is there or on the line: it is written down on the day.
ON_THE_DAY = (Channel.HOTLINE, Channel.WALK_IN)


class Subject(Word):
    """What a voice is about (DOMAIN 5.1)."""

    WAGES = "wages", "工资报酬"
    CONTRACT = "contract", "劳动合同"
    DISMISSAL = "dismissal", "解除和裁员"
    HOURS = "hours", "工时和加班"
    LEAVE = "leave", "休息休假"
    INSURANCE = "insurance", "社会保险"
    INJURY = "injury", "工伤"
    SAFETY = "safety", "劳动安全卫生"
    WOMEN = "women", "女职工保护"
    WELFARE = "welfare", "生活福利"
    UNION_RIGHTS = "union_rights", "工会和民主权利"
    OTHER = "other", "其他"


class Wish(Word):
    CONSULT = "consult", "咨询：想问清楚"
    MEDIATE = "mediate", "调解：请工会出面谈"
    AID = "aid", "援助：请工会帮我维权"
    REPORT = "report", "举报：请查一查"


class Identity(Word):
    """Who may know whose voice it is."""

    HIDDEN = "hidden", "单位和单位的工会都不知道是我，只有经办的上级工会知道"
    OWN_UNION = "own_union", "可以让我单位的工会知道"
    ANONYMOUS = "anonymous", "完全匿名：工会也不知道我是谁"


class Tag(Word):
    """Groups that are counted by themselves."""

    FRONTLINE = "frontline", "一线职工"
    MIGRANT = "migrant", "农民工"
    AGENCY = "agency", "劳务派遣"
    HARDSHIP = "hardship", "困难职工"


#: Why a voice is not accepted; the officer adds the words that the worker reads.
class Refusal(Word):
    NOT_LABOUR = "not_labour", "不属于职工权益和工会工作"
    IN_COURT = "in_court", "已经由仲裁、法院或者信访终结程序处理"
    NO_FACTS = "no_facts", "没有具体事实，也联系不上本人"
    NOT_OURS = "not_ours", "不归本级工会办，已经告诉本人找谁"


class FileKind(Word):
    PICTURE = "picture", "照片"
    SOUND = "sound", "录音"


class SmallState(Word):
    """A small matter that counts (关键小事) on its way."""

    GATHERED = "gathered", "收集中"
    PROMISED = "promised", "已承诺"
    DONE = "done", "办好了"
    DROPPED = "dropped", "不列入"


class Topic(Word):
    """Under which heading an answer stands in the book."""

    WAGES = "wages", "工资"
    CONTRACT = "contract", "劳动合同"
    OVERTIME = "overtime", "加班"
    DISMISSAL = "dismissal", "解除和补偿"
    INJURY = "injury", "工伤"
    LEAVE = "leave", "休假"
    INSURANCE = "insurance", "社会保险"
    WOMEN = "women", "女职工"
    LIMITATION = "limitation", "时效和仲裁"
    UNION = "union", "工会"
