"""What the columns of a roster are called in the registers, and the sentences that an import or an undo may answer."""

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.backbone.people.words import Education, EmploymentForm, Group, Political

EDUCATION = {
    "小学": Education.PRIMARY,
    "初中": Education.JUNIOR,
    "高中": Education.SENIOR,
    "中专": Education.SENIOR,
    "技校": Education.SENIOR,
    "大专": Education.COLLEGE,
    "本科": Education.BACHELOR,
    "硕士": Education.POSTGRADUATE,
    "博士": Education.POSTGRADUATE,
}
POLITICAL = {
    "群众": Political.MASSES,
    "中共党员": Political.PARTY,
    "共青团员": Political.LEAGUE,
    "中共预备党员": Political.PROBATIONARY,
    "民主党派": Political.DEMOCRATIC,
}
FORM = {
    "劳动合同": EmploymentForm.CONTRACT,
    "劳务派遣": EmploymentForm.DISPATCHED,
    "灵活就业": EmploymentForm.FLEXIBLE,
    "新就业形态": EmploymentForm.NEW_FORM,
}
GROUP = {str(label): value for value, label in Group.choices}
ZH = {"phone": "手机", "ethnicity": "民族", "education": "学历", "political": "政治面貌", "is_migrant": "农民工"}
ELSEWHERE = "这位职工已经是其他工会的会员：一人只有一份有效会籍，要到本会来请办理会籍转接，不能用花名册重复入会"
OTHER_NAME = "身份证号与姓名对不上，请核对身份证；确是同一个人改了名字的，请在个人档案里改"
TOO_LATE = "入会时间在今天之后，请改正"
GONE = "这个人的档案已经不在了"
MEMBERSHIP_CHANGED = "会籍后来办理过变动，没有撤销"
SIGNED_IN = "本人已经登录使用，没有撤销"
FILE_CHANGED = "个人资料后来修改过，没有撤销"
MORE_HANGS_ON = "后来又登记了别的事项（如任职、消息、单位），没有撤销"


def refusal(organisation: Organisation) -> str:
    """Why a union takes no roster; "" when it does."""
    if organisation.kind not in WITH_MEMBERS:
        return f"{organisation.get_kind_display()}不直接发展会员，请到下面的基层工会导入花名册。"
    if organisation.state not in IN_FORCE:
        return f"“{organisation.name}”{organisation.get_state_display()}，现在不能发展会员。"
    return ""
