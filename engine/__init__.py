"""Hears audio: decodes, detects, transcribes, diarizes and aligns; knows nothing of Django, Redis or HTTP.

>>> import tempfile
>>> from pathlib import Path
>>> from engine.audio import PcmFile, prepare
>>> from engine.vad import detect
>>> with tempfile.TemporaryDirectory() as folder:
...     prepared = prepare(Path("tests/fixtures/audio/en_5s.flac"), Path(folder) / "audio.wav")
...     with PcmFile(Path(folder) / "audio.wav") as audio:
...         prepared.duration_ms, len(detect(audio))
(5000, 1)
"""
