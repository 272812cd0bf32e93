"""The words of employers (用人单位): unit types of the union's registration form, states, sources of headcounts."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Unit types by the codes of the registration form for grassroots unions (unverified: 2015 local form)."""

    STATE_OWNED = "110", "国有企业"
    COLLECTIVE = "120", "集体企业"
    STOCK_COOPERATIVE = "130", "股份合作企业"
    JOINT_OPERATION = "140", "联营企业"
    STATE_COMPANY = "151", "国有独资公司"
    LIMITED_COMPANY = "159", "其他有限责任公司"
    STATE_SHARE_COMPANY = "161", "国有控股股份有限公司"
    SHARE_COMPANY = "169", "其他股份有限公司"
    PRIVATE = "170", "私营企业"
    OTHER_DOMESTIC = "190", "其他内资企业"
    HONG_KONG_MACAO_TAIWAN = "200", "港澳台商投资企业"
    FOREIGN = "300", "外商投资企业"
    PUBLIC_INSTITUTION = "400", "事业单位"
    GOVERNMENT = "500", "机关"
    INDIVIDUAL_BUSINESS = "600", "个体工商户"
    PRIVATE_NON_ENTERPRISE = "700", "民办非企业单位"


class State(TextChoices):
    OPERATING = "operating", "存续"
    CLOSED = "closed", "注销"
    REVOKED = "revoked", "吊销"
    MOVED_OUT = "moved_out", "迁出"


class Source(TextChoices):
    """Where a number or a fact about an employer comes from."""

    MARKET_REGULATION = "market_regulation", "市场监管"
    SOCIAL_INSURANCE = "social_insurance", "社会保险"
    TAX = "tax", "税务"
    UNION_ROSTER = "union_roster", "工会台账"
    DECLARED = "declared", "单位申报"
    VISIT = "visit", "走访"


INDUSTRIES: dict[str, str] = {
    "A": "农、林、牧、渔业",
    "B": "采矿业",
    "C": "制造业",
    "D": "电力、热力、燃气及水生产和供应业",
    "E": "建筑业",
    "F": "批发和零售业",
    "G": "交通运输、仓储和邮政业",
    "H": "住宿和餐饮业",
    "I": "信息传输、软件和信息技术服务业",
    "J": "金融业",
    "K": "房地产业",
    "L": "租赁和商务服务业",
    "M": "科学研究和技术服务业",
    "N": "水利、环境和公共设施管理业",
    "O": "居民服务、修理和其他服务业",
    "P": "教育",
    "Q": "卫生和社会工作",
    "R": "文化、体育和娱乐业",
    "S": "公共管理、社会保障和社会组织",
    "T": "国际组织",
}
"""Sections of GB/T 4754."""
