"""The composition root: settings read once, and the wiring of apps, engine and processes.

>>> from scribe_site.config import get_config
>>> get_config() is get_config()
True
"""
