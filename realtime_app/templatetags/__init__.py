"""What templates ask of live recording.

>>> from django.template import Context, Template
>>> Template("{% load live %}{{ tonight|of_key:7 }}").render(Context({"tonight": {7: "The gate"}}))
'The gate'
"""
