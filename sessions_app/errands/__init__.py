"""Errands: what workers do beside Runs; each app registers a procedure for the kinds that are its own.

A procedure does its slow work first, telling its progress with :func:`sessions_app.errands.claiming.tell`, and then
stores what it made within :func:`sessions_app.errands.claiming.finishing`. It may begin again from the start at any
time, because its worker may be killed. Whatever it raises fails the errand; an :class:`engine.errors.EngineError` tells
people why. What is heavy it imports only when called, so that tests and commands can name it cheaply.

>>> from sessions_app.errands.asking import cancel, start
>>> from sessions_app.models import ErrandKind
>>> cancel(start(ErrandKind.SPLIT, campaign, session, owner, {}))
True
"""
