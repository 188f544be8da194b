"""The diarizer that needs no download: voice encoder, clustering and smoothing; the default of every installation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import partial

from engine.calibration import Calibration, calibration_for
from engine.config import VadConfig
from engine.diarization import SpeakerCount
from engine.diarization.both_scales import hear_again
from engine.diarization.changes import place_changes
from engine.diarization.clustering import ClusterConfig
from engine.diarization.second_look import tell_apart
from engine.diarization.voices import embed_voices, in_order_of_speaking, turns_of
from engine.diarization.windows import embed_speech
from engine.embedding import NETWORK_ID, VoiceEncoder
from engine.errors import ModelMissing
from engine.vad import detect
from engine.values import Diarization, OnProgress, PcmReader, Span, no_progress

EDGES = VadConfig(threshold=0.3, release=0.15, min_speech_ms=100, min_silence_ms=370, pad_ms=30)
"""Speech as turns need it: quieter edges than a recogniser wants, and hardly any padding."""

SLACK_MS = 500
"""How far an edge may move outside the speech that was given."""


class BuiltinDiarizer:
    """Diarizes with the voice encoder alone.

    Args:
        encoder: loaded when first needed if not given.
        config: thresholds of the clustering.
        edges: how the edges of speech are found again, more exactly than a recogniser needs them.

    >>> from engine.fakes import FakeAudio
    >>> BuiltinDiarizer().diarize(FakeAudio.silence(3_000), [Span(0, 3_000)], SpeakerCount(max=6))
    Diarization(turns=(), embeddings=())
    """

    def __init__(
        self,
        encoder: VoiceEncoder | None = None,
        config: ClusterConfig | None = None,
        edges: VadConfig = EDGES,
    ) -> None:
        self._encoder = encoder
        self._config = config or ClusterConfig()
        self._edges = edges

    @property
    def model_id(self) -> str:
        """Names this way of diarizing, which counts up when its results change, and the encoder."""
        return f"builtin-6 {VoiceEncoder.model_id}"

    def diarize(
        self,
        audio: PcmReader,
        speech: Sequence[Span],
        speakers: SpeakerCount,
        on_progress: OnProgress = no_progress,
    ) -> Diarization:
        """Returns turns and voices of ``speech``; see :class:`engine.diarization.Diarizer`."""
        total_ms = audio.duration_ms
        steps_ms = total_ms // 10  # what is left after embedding, as a share of the whole

        def step(done_ms: int) -> None:
            on_progress("diarize", min(done_ms, total_ms), total_ms)

        step(0)
        found = detect(audio, self._edges, lambda _stage, done, _total: step(done // 10)) if speech else []
        spans = _near(found, speech)
        if not spans:
            step(total_ms)
            return Diarization((), ())
        encoder = self.voice_encoder()
        speech_ms = sum(span.duration_ms for span in spans)
        share = (total_ms - 2 * steps_ms) / speech_ms
        windows = embed_speech(audio, spans, encoder, lambda done: step(steps_ms + int(done * share)))
        clean = _calibration().cleaned
        grouped = partial(step, total_ms - steps_ms)
        labels = tell_apart(windows, speakers, self._config, grouped, clean)
        heard = hear_again(windows, labels, clean, grouped)
        placed = place_changes(turns_of(windows, heard.labels), windows.fine, heard, audio)
        turns = in_order_of_speaking(placed)
        embeddings = embed_voices(audio, turns, encoder, lambda: step(total_ms - steps_ms // 2))
        step(total_ms)
        return Diarization(turns, embeddings)

    def voice_encoder(self) -> VoiceEncoder:
        """Returns the voice encoder."""
        if self._encoder is None:
            self._encoder = VoiceEncoder()
        return self._encoder


def _calibration() -> Calibration:
    """Returns the calibration of the network as it came, because windows are embedded as they are.

    Raises:
        ModelMissing: if it was deleted.
    """
    found = calibration_for(NETWORK_ID)
    if found is None:
        raise ModelMissing("The voice encoder's calibration is missing. Install Scribe's files again.")
    return found


def _near(spans: Sequence[Span], speech: Sequence[Span]) -> list[Span]:
    """Returns the spans that lie within reach of speech; both in time order, speech without overlap."""
    ends = [s.end_ms for s in speech]
    near = []
    for span in spans:
        i = bisect_right(ends, span.start_ms - SLACK_MS)
        if i < len(speech) and speech[i].start_ms < span.end_ms + SLACK_MS:
            near.append(span)
    return near
