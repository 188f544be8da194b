"""Template tags of people and their voices.

>>> from django.template import Context, Template
>>> from speakers_app.decisions import name_voice
>>> change = name_voice(session.voices.get(number=1), "Anna", owner)
>>> template = Template("{% load edits %}{% own_acts session user as acts %}{{ acts.undo_says }}")
>>> template.render(Context({"session": session, "user": owner}))
'named Speaker 1 → Anna'
"""
