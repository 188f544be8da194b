"""What workers do with voices, one procedure for each kind of task; :mod:`speakers_app.tasks.working` lists them.

A procedure does its slow work first, telling its progress with :func:`speakers_app.tasks.claiming.tell`, and then
stores what it made within :func:`speakers_app.tasks.claiming.finishing`. It may begin again from the start at any
time, because its worker may be killed. Whatever it raises fails the task; an :class:`engine.errors.EngineError` tells
people why. What is heavy it imports only when called, so that tests and commands can name it cheaply.
"""
