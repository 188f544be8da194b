"""English.

>>> from datetime import datetime
>>> from django.utils.formats import date_format
>>> date_format(datetime(2026, 3, 7, 21, 30), "DATETIME_FORMAT")
'7 March 2026, 21:30'
"""
