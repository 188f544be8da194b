"""Sockets: what a page hears from the server without asking.

>>> from realtime_app.captures.beginning import Wish, begin_capture
>>> from realtime_app.live.now import now_of
>>> capture = begin_capture(owner, session, Wish("phone-of-olga", "Phone", captioned=True))
>>> [device.capture.label for device in now_of(session).on_air]
['Phone']
"""
