"""When a membership may be ended, and on which grounds. Pure functions: facts, day and figures → what is wrong."""

from datetime import date, timedelta

from gongjia.kernel.days import add_months

ARTICLES = {
    "retained": "工会会员会籍管理办法（2016）：退休、失业、参军的保留会籍，保留期间不交会费，没有选举权、表决权",
    "resumed": "工会会员会籍管理办法（2016）：重新就业的恢复会籍",
    "left": "中国工会章程：会员有退会自由",
    "lapsed": "中国工会章程：没有正当理由连续六个月不交纳会费、不参加工会活动，经教育拒不改正的，视为自行退会",
    "expelled": "中国工会章程：严重违法犯罪的开除会籍，由工会小组讨论，基层工会委员会决定，报上一级工会备案",
    "died": "会员死亡的，会籍自然终止",
    "reinstated": "误办的更正：原记录保留，另起一段接续",
}


def lapse_faults(*, unpaid_since: date, educated_on: date, on: date, months: int) -> list[str]:
    """Why somebody cannot be treated as having left: too early, or not educated first. `unpaid_since` is the first day
    without dues and activity; the education comes when the months are over, and the decision after it."""
    faults = []
    full_on = add_months(unpaid_since, months)
    if on < full_on:
        faults.append(
            f"从 {unpaid_since:%Y-%m-%d} 起连续 {months} 个月，要到 {full_on:%Y-%m-%d} 才满，现在还不能视为退会。"
        )
    if educated_on < unpaid_since:
        faults.append("教育谈话的日期早于停交会费、不参加活动的日期：要在这以后谈过话，本人仍不改正。")
    if on < educated_on:
        faults.append("决定的日期早于教育谈话：要先谈话，本人仍不改正，才能视为退会。")
    return faults


def expulsion_faults(*, group_on: date, committee_on: date, reported_on: date, on: date) -> list[str]:
    """Why an expulsion does not stand: its steps are not in order."""
    faults = []
    if committee_on < group_on:
        faults.append("委员会决定的日期早于小组讨论：先由工会小组讨论，再由委员会决定。")
    if reported_on < committee_on:
        faults.append("报上级备案的日期早于委员会决定。")
    if on < committee_on:
        faults.append("开除的日期早于委员会决定。")
    return faults


def may_still_reinstate(ended_at: date, *, today: date, days: int) -> bool:
    """Whether an ending can still be corrected: so many days after it was written down, the last one included."""
    return today <= ended_at + timedelta(days=days)
