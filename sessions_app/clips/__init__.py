"""Clips: lines of a session to hear, to quote and to take along apart from the rest.

>>> from sessions_app.clips.making import make_clip
>>> make_clip(session, [session.segments.first()], owner).start_ms
0
"""
