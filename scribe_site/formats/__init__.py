"""How dates and times are written, where Scribe differs from Django.

>>> from django.utils.formats import get_format
>>> get_format("DATE_FORMAT", lang="en"), get_format("DATE_FORMAT", lang="nl")
('j F Y', 'j F Y')
"""
