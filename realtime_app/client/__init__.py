"""A program that records: files, growing files and sound cards go over the capture socket as browsers do.

>>> import tempfile
>>> from pathlib import Path
>>> from realtime_app.client.sources import RecordedFile
>>> from realtime_app.client.tape import Tape
>>> with tempfile.TemporaryDirectory() as folder:
...     tape = Tape(Path(folder))
...     for samples in RecordedFile(Path("tests/fixtures/audio/en_5s.flac")).blocks():
...         tape.add(samples)
...     tape.unsent
80000
"""
