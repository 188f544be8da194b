"""Live captions: samples come in as they are spoken; drafts, then final lines with voices come out.

>>> from unittest.mock import Mock
>>> from uuid import uuid4
>>> import numpy as np
>>> from engine.live.scheduler import Scheduler
>>> from engine.live.transcriber import LiveTranscriber
>>> always = Mock(probabilities=lambda block: [1.0] * (len(block) // 512))
>>> capture, scheduler = LiveTranscriber(uuid4(), detector=lambda: always), Scheduler()
>>> scheduler.add(capture)
>>> capture.feed(np.ones(16_000, np.float32))  # somebody speaks
>>> whose, job = scheduler.next(now_s=0.0)
>>> whose is capture, job.final
(True, False)
"""
