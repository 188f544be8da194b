"""The Run: a session's recordings go through stages, done by whichever worker is free, kept as rows.

>>> from sessions_app.runs import cancel_run, start_run
>>> run = start_run(session, owner)
>>> cancel_run(run), cancel_run(run)
(True, False)
"""

from sessions_app.runs.control import cancel_run, retry_run, start_run

__all__ = ["cancel_run", "retry_run", "start_run"]
