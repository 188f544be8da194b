"""People and their voices across the sessions of a campaign.

>>> from speakers_app.decisions import name_voice
>>> name_voice(session.voices.get(number=1), "Anna", owner).subject
'Speaker 1 → Anna'
"""
