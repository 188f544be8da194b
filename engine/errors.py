"""The engine's errors, one tree; messages are fit to show to a user.

EngineError
├── MediaError            the file itself: not audio, refused, broken (never retryable)
│   ├── MediaRefused      a format, reference or size outside the allow-list
│   └── NoAudio           empty, silent by absence of any audio stream, or nothing decodable
├── ModelMissing          a model folder is neither here nor downloadable now (retryable: it may come)
├── ModelBroken           a model folder is here but incomplete or damaged
└── ResourceShort         out of memory or disk (retryable)
"""

from engine.told import Told, Value


class EngineError(Exception):
    """Base of everything the engine raises on purpose.

    Args:
        template: what happened and what helps, in words for the person who uploaded the file; see
            :class:`engine.told.Told`.
        detail: technical detail for the operator, shown behind a fold.
        values: what stands in the template's places.

    >>> error = ModelMissing("There is no model called %(name)s.", name="huge")
    >>> str(error), error.retryable
    ('There is no model called huge.', True)
    """

    retryable = False

    def __init__(self, template: str, /, *, detail: str = "", **values: Value) -> None:
        self.message = template if isinstance(template, Told) else Told(template, **values)
        super().__init__(self.message)
        self.detail = detail


class MediaError(EngineError):
    """The file cannot be used."""


class MediaRefused(MediaError):
    """The file's format, or something that it refers to, is outside what Scribe opens."""


class NoAudio(MediaError):
    """The file holds no sound that can be decoded."""


class ModelMissing(EngineError):
    """A model is not on this machine and could not be downloaded now."""

    retryable = True


class ModelBroken(EngineError):
    """A model folder is incomplete or damaged."""


class ResourceShort(EngineError):
    """The machine ran out of memory or disk."""

    retryable = True
