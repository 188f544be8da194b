"""Captures: audio of a microphone, written to disk as it comes, acknowledged once it is safe.

>>> from realtime_app.captures.beginning import Wish, begin_capture
>>> from realtime_app.captures.ending import stop
>>> from realtime_app.captures.reopening import reopen
>>> capture = begin_capture(owner, session, Wish("phone-of-olga", "Phone", captioned=True))
>>> stop(capture)
>>> reopen(capture)  # its device has more to send
True
"""
