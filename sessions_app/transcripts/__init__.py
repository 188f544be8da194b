"""A session's transcript as people read it: its voices, its blocks of lines and its waveform.

>>> from sessions_app.transcripts.voices import shown_voices
>>> len(shown_voices(session))
3
"""
