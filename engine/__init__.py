"""Hears audio: decodes, detects, transcribes, diarizes and aligns; knows nothing of Django, Redis or HTTP."""
