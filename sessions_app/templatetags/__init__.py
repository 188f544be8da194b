"""Template tags of sessions.

>>> from django.template import Context, Template
>>> Template("{% load told %}{{ text|in_words }}").render(Context({"text": "The file is empty."}))
'The file is empty.'
"""
