"""English as European groups write it: the day before the month, and 24 hours.

>>> from datetime import date
>>> from django.utils.formats import date_format
>>> date_format(date(2026, 3, 7)), date_format(date(2026, 3, 7), "SHORT_DATE_FORMAT")
('7 March 2026', '7 Mar 2026')
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
