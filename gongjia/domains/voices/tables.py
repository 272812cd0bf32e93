"""Which words speak for which subject, topic, tag and urgency. Data; `rules.py` reads it, people may change it.

A word counts once; a longer word counts more, because it says more.
"""

from collections.abc import Mapping

from gongjia.domains.voices.words import Subject, Tag, Topic, Wish

SUBJECTS: Mapping[Subject, tuple[str, ...]] = {
    Subject.WAGES: (
        "工资", "欠薪", "拖欠", "不发钱", "没发钱", "克扣", "奖金", "提成", "计件", "工钱", "最低工资", "血汗钱",
        "薪水", "扣钱",
    ),
    Subject.CONTRACT: ("合同", "不签", "没签", "续签", "试用期", "押金", "扣证件", "派遣合同"),
    Subject.DISMISSAL: (
        "辞退", "开除", "解除", "裁员", "裁掉", "补偿金", "赔偿金", "不让上班", "劝退", "经济补偿", "被辞",
    ),
    Subject.HOURS: ("加班", "加班费", "超时", "单休", "没有休息日", "连班", "十二小时", "12小时", "12 小时", "夜班"),
    Subject.LEAVE: ("年休假", "年假", "病假", "婚假", "丧假", "探亲假", "休假", "请假", "节假日"),
    Subject.INSURANCE: (
        "社保", "社会保险", "养老保险", "医保", "失业保险", "公积金", "不交保险", "没交保险", "补缴", "断缴",
    ),
    Subject.INJURY: ("工伤", "受伤", "砸伤", "摔伤", "压伤", "轧伤", "伤残", "劳动能力鉴定", "职业病", "尘肺"),
    Subject.SAFETY: (
        "安全", "防护", "粉尘", "有毒", "高温", "中暑", "劳保", "口罩", "护具", "消防", "漏电", "噪声", "噪音",
        "气味",
    ),
    Subject.WOMEN: ("怀孕", "孕期", "产假", "哺乳", "生育", "女职工", "性骚扰", "三期", "产检", "流产"),
    Subject.WELFARE: (
        "食堂", "宿舍", "饭菜", "热水", "空调", "班车", "停车", "厕所", "洗手间", "福利", "体检", "澡堂", "饮水",
        "微波炉", "更衣",
    ),
    Subject.UNION_RIGHTS: ("工会", "会费", "会员", "职代会", "职工代表", "厂务公开", "选举", "入会"),
}  # fmt: skip
TAGS: Mapping[Tag, tuple[str, ...]] = {
    Tag.FRONTLINE: ("车间", "流水线", "一线", "班组", "操作工", "工地", "环卫", "外卖", "快递"),
    Tag.MIGRANT: ("农民工", "老家", "外地来", "包工头", "工头", "打工"),
    Tag.AGENCY: ("派遣", "劳务公司", "外包"),
    Tag.HARDSHIP: ("困难", "低保", "揭不开锅", "看不起病", "欠债", "没钱看病"),
}
WISHES: Mapping[Wish, tuple[str, ...]] = {
    Wish.CONSULT: ("请问", "想问", "咨询", "是不是合法", "合不合法", "怎么算", "怎么办", "能不能", "多少天", "有没有"),
    Wish.MEDIATE: ("调解", "协商", "谈一谈", "出面", "沟通"),
    Wish.AID: ("帮帮", "援助", "律师", "仲裁", "起诉", "打官司", "维权", "讨薪", "要回"),
    Wish.REPORT: ("举报", "查一查", "查处", "曝光", "投诉"),
}
#: Any one of these makes a voice urgent until somebody has looked at it.
URGENT = (
    "跳楼", "自杀", "不想活", "寻短", "割腕", "打人", "被打", "威胁", "扣身份证", "限制自由", "锁在", "不让走",
    "堵门", "聚集",
    "停工", "罢工", "拉横幅", "爆炸", "起火", "着火", "坍塌", "中毒", "昏倒", "抢救", "死亡", "死人",
)  # fmt: skip
TOPICS: Mapping[Topic, tuple[str, ...]] = {
    Topic.WAGES: SUBJECTS[Subject.WAGES],
    Topic.CONTRACT: SUBJECTS[Subject.CONTRACT],
    Topic.OVERTIME: SUBJECTS[Subject.HOURS],
    Topic.DISMISSAL: SUBJECTS[Subject.DISMISSAL],
    Topic.INJURY: SUBJECTS[Subject.INJURY],
    Topic.LEAVE: SUBJECTS[Subject.LEAVE],
    Topic.INSURANCE: SUBJECTS[Subject.INSURANCE],
    Topic.WOMEN: SUBJECTS[Subject.WOMEN],
    Topic.LIMITATION: ("时效", "仲裁", "多久", "过期", "起诉", "一年"),
    Topic.UNION: SUBJECTS[Subject.UNION_RIGHTS],
}
#: How a registered name of an employer ends.
ENDINGS = (
    "有限责任公司", "股份有限公司", "有限公司", "集团", "公司", "工厂", "厂", "酒店", "饭店", "商场", "超市",
    "医院", "学校",
    "幼儿园", "银行", "合作社", "事务所", "研究院", "经营部", "门市部", "项目部", "服务部", "物业", "站点", "中心",
)  # fmt: skip
#: What stands before a name in a sentence and is no part of it.
BEFORE_A_NAME = (
    "我在",
    "我们在",
    "在",
    "我们",
    "我是",
    "我",
    "是",
    "给",
    "和",
    "跟",
    "被",
    "到",
    "去",
    "向",
    "从",
    "叫",
    "单位是",
)
