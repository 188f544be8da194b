"""How a server wants to be asked: what OpenAI-compatible servers differ in, learnt from what they refuse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.classification.language_model.answers import SCHEMA
from engine.values import Json

Form = Literal["json_schema", "json_object", "text"]

_FORMATS: dict[Form, Json | None] = {
    "json_schema": {
        "type": "json_schema",
        "json_schema": {"name": "labels", "strict": True, "schema": SCHEMA},
    },
    "json_object": {"type": "json_object"},
    "text": None,
}
_NEXT: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}


@dataclass(frozen=True, slots=True)
class Manner:
    """What a request holds beside its words.

    Attributes:
        form: in which the answer is wanted; the prompt asks for JSON in any case.
        limit: the name of the answer budget; newer hosted models take another one.
        is_cool: whether to ask for the likeliest answer; models that think first refuse that.
        has_standing: whether to send what always holds as a message of its own; some chat templates know no such role.

    >>> manner = Manner().after("Unsupported parameter: use 'max_completion_tokens' instead.")
    >>> manner.body("gpt-5", "You label lines.", "Which is it?", budget=64)["max_completion_tokens"]
    64
    """

    form: Form = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    is_cool: bool = True
    has_standing: bool = True

    def body(self, model: str, standing: str, asking: str, budget: int) -> Json:
        """Returns the request."""
        messages = [{"role": "system", "content": standing}, {"role": "user", "content": asking}]
        if not self.has_standing or not standing:
            messages = [{"role": "user", "content": f"{standing}\n\n{asking}".strip()}]
        body: Json = {"model": model, "messages": messages, self.limit: budget}
        if self.is_cool:
            body["temperature"] = 0
        form = _FORMATS[self.form]
        return body if form is None else body | {"response_format": form}

    def after(self, refusal: str) -> Manner | None:
        """Returns how to ask a server that refused a request with these words, None where nothing is left to try."""
        words = refusal.casefold()
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            return replace(self, limit="max_completion_tokens")
        if self.is_cool and "temperature" in words:
            return replace(self, is_cool=False)
        if self.has_standing and "system" in words and "role" in words:
            return replace(self, has_standing=False)
        if self.form in _NEXT:
            return replace(self, form=_NEXT[self.form])
        return None
