"""Dates look the same on every page: the day before the month, and 24 hours."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format


def test_english_dates_put_the_day_first_and_count_24_hours():
    moment = datetime(2026, 3, 6, 18, 37, tzinfo=ZoneInfo("Europe/Amsterdam"))
    with translation.override("en"):
        assert date_format(moment, "DATE_FORMAT") == "6 March 2026"
        assert date_format(moment, "DATETIME_FORMAT") == "6 March 2026, 18:37"
