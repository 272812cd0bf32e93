"""Write gongjia/kernel/data/calendar/<year>.yaml from the chinesecalendar package, where the state's notice is known.

    .venv/bin/python tools/make_calendar.py 2027

Run it when the State Council's office has published the next year's holidays (November) and the package has followed.
Compare the printed list with the notice before committing; add the notice's number to NOTICES first.
"""

import sys
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

FOLDER = Path(__file__).parents[1] / "gongjia" / "kernel" / "data" / "calendar"
NOTICES = {
    2023: ("国办发明电〔2022〕16号", "2022-12-08"),
    2024: ("国办发明电〔2023〕7号", "2023-10-25"),
    2025: ("国办发明电〔2024〕12号", "2024-11-12"),
    2026: ("国办发明电〔2025〕7号", "2025-11-04"),
}
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def calendar_of(year: int) -> str:
    number, issued = NOTICES[year]
    lines = [
        "# Days off and make-up working days of one year; all other Saturdays and Sundays are days off.",
        f"year: {year}",
        "source:",
        f"  document: 国务院办公厅关于{year}年部分节假日安排的通知",
        f"  number: {number}",
        f"  date: {issued}",
        f"  seed: chinesecalendar {version('chinesecalendar')}",
        "holidays:",
    ]
    lines += [f"  {day}: {NAMES[name]}" for day, name in sorted(holidays.items()) if day.year == year]
    lines.append("make_up_days:")
    lines += [f"  {day}: {NAMES[name]}" for day, name in sorted(workdays.items()) if day.year == year]
    return "\n".join(lines) + "\n"


def main(years: list[int]) -> None:
    for year in years or sorted(NOTICES):
        path = FOLDER / f"{year}.yaml"
        path.write_text(calendar_of(year), "utf-8")
        counts = [sum(day.year == year for day in days) for days in (holidays, workdays)]
        print(f"{path.name}: {counts[0]} days off, {counts[1]} make-up working days")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
