"""Moments and the day they fall on. The platform's day is Shanghai's, wherever the server stands."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> datetime:
    """The same moment on Shanghai's clock. Raises ValueError for a moment without a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone; a bare datetime could be eight hours off")
    return at.astimezone(SHANGHAI)


def today_of(at: datetime) -> date:
    """The day in Shanghai at this moment."""
    return local(at).date()


def day_zh(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def start_of(day: date) -> datetime:
    """The first moment of a day in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def end_of(day: date) -> datetime:
    """The first moment after a day: what is due on the day is late from here on."""
    return start_of(day + timedelta(days=1))
