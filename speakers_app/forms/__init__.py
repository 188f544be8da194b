"""What people type about themselves and others.

>>> from speakers_app.forms.voices import VoiceNameForm
>>> VoiceNameForm({"name": "Anna"}, session=session).is_valid()
True
"""
