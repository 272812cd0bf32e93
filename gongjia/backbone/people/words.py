"""The words about persons: the real-name fields of the union's registration (总工办发〔2017〕14号 plan)."""

from django.db.models import TextChoices


class Sex(TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "", "未知"


class IdKind(TextChoices):
    IDENTITY_CARD = "identity_card", "居民身份证"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    PASSPORT = "passport", "护照"
    FOREIGN_RESIDENT = "foreign_resident", "外国人永久居留身份证"


class Education(TextChoices):
    PRIMARY = "primary", "小学及以下"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中（中专、技校）"
    COLLEGE = "college", "大学专科"
    BACHELOR = "bachelor", "大学本科"
    POSTGRADUATE = "postgraduate", "研究生"
    UNKNOWN = "", "未填"


class Political(TextChoices):
    PARTY = "party", "中共党员"
    PROBATIONARY = "probationary", "中共预备党员"
    LEAGUE = "league", "共青团员"
    DEMOCRATIC = "democratic", "民主党派"
    MASSES = "masses", "群众"
    UNKNOWN = "", "未填"


class EmploymentForm(TextChoices):
    CONTRACT = "contract", "劳动合同制"
    DISPATCHED = "dispatched", "劳务派遣"
    FLEXIBLE = "flexible", "灵活就业"
    NEW_FORM = "new_form", "新就业形态"
    ESTABLISHMENT = "establishment", "在编"
    UNKNOWN = "", "未填"


class SkillLevel(TextChoices):
    NONE = "none", "无等级"
    JUNIOR = "junior", "初级工"
    MIDDLE = "middle", "中级工"
    SENIOR = "senior", "高级工"
    TECHNICIAN = "technician", "技师"
    SENIOR_TECHNICIAN = "senior_technician", "高级技师"
    SPECIAL_TECHNICIAN = "special_technician", "特级技师"
    CHIEF_TECHNICIAN = "chief_technician", "首席技师"
    UNKNOWN = "", "未填"


class Group(TextChoices):
    """Groups of new employment: the eight groups of 2018 and those added since (the list grows)."""

    NONE = "", "不属于"
    TRUCK_DRIVER = "truck_driver", "货车司机"
    COURIER = "courier", "快递员"
    NURSING_CARER = "nursing_carer", "护工护理员"
    DOMESTIC_WORKER = "domestic_worker", "家政服务员"
    SHOP_ASSISTANT = "shop_assistant", "商场信息员"
    FOOD_DELIVERER = "food_deliverer", "网约送餐员"
    PROPERTY_AGENT = "property_agent", "房产中介员"
    SECURITY_GUARD = "security_guard", "保安员"
    RIDE_HAILING_DRIVER = "ride_hailing_driver", "网约车司机"
    LIVESTREAM_HOST = "livestream_host", "网络主播"
