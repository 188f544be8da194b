"""The captioner: a process that turns the audio of captures into lines while it comes in.

>>> from unittest.mock import Mock
>>> from realtime_app.captioner.claims import Claims
>>> from realtime_app.captioner.followers import Followers
>>> from realtime_app.captioner.leases import Leases, connect
>>> from realtime_app.captioner.process import Captioner
>>> from realtime_app.captioner.sources import open_audio
>>> leases = Leases(connect("unix:///nowhere/redis.sock"))
>>> captioner = Captioner(Mock(), open_audio, Claims(leases), Followers(lambda: leases.reachable))
>>> captioner.step()  # nothing is recorded in any session
False
"""
