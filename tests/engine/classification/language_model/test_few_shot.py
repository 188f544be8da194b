"""Which corrections become examples: the latest, the most alike, not too many, not of one label only."""

from __future__ import annotations

from engine.classification.language_model.few_shot import (
    LATEST,
    MOST,
    MOST_CHARACTERS,
    MOST_OF_A_LABEL,
    choose_examples,
)
from engine.classification.values import Label, LabelledLine, SpokenLine

KIND = {"IC": "character", "OOC": "rules", "MIXED": "rules"}


def correction(text: str, label: Label | None = "OOC", conversation: str = "1") -> LabelledLine:
    return LabelledLine(conversation, "A", "player", text, label, KIND[label] if label else None)  # type: ignore[arg-type]


def texts(corrections: list[LabelledLine], *lines: str) -> list[str]:
    chosen = choose_examples(corrections, [SpokenLine("A", "player", text) for text in lines])
    return [line.text for group in chosen for line in group if line.label is not None]


def test_without_corrections_there_are_none():
    assert choose_examples([], [SpokenLine("A", "player", "Hoi")]) == []


def test_the_latest_are_among_them():
    corrections = [correction(f"Zin {n}", "IC" if n % 2 else "OOC", str(n)) for n in range(200)]
    assert texts(corrections, "iets anders")[-LATEST:] == [f"Zin {n}" for n in range(200 - LATEST, 200)]


def test_those_that_share_rare_words_are_among_them():
    corrections = [correction("De drempelwachter knikt", "IC", "0")]
    corrections += [
        correction(f"Maar dat is zin {n}", "IC" if n % 2 else "OOC", str(n)) for n in range(1, 200)
    ]
    lines = ["Maar dat weet ik", "Maar dat kan", "Ik vraag het de drempelwachter"]
    assert "De drempelwachter knikt" in texts(corrections, *lines)


def test_there_are_not_too_many():
    corrections = [correction(f"Zin {n}", "IC" if n % 2 else "OOC", str(n)) for n in range(200)]
    assert len(texts(corrections, "Zin")) == MOST
    long = [correction("a" * 1_000, "IC" if n % 2 else "OOC", str(n)) for n in range(200)]
    assert sum(map(len, texts(long, "a"))) <= MOST_CHARACTERS


def test_no_label_is_all_of_them():
    corrections = [correction(f"Zin {n}", "OOC", str(n)) for n in range(100)]
    corrections.insert(0, correction("Enige verhaal", "IC", "x"))
    chosen = texts(corrections, "Zin")
    assert len(chosen) == MOST_OF_A_LABEL + 1
    assert "Enige verhaal" in chosen


def test_two_lines_before_come_along_for_context():
    corrections = [correction(f"Ervoor {n}", None) for n in range(4)] + [
        correction("Deze"),
        correction("Erna", None),
    ]
    chosen = choose_examples(corrections, [])
    assert [[line.text for line in group] for group in chosen] == [["Ervoor 2", "Ervoor 3", "Deze"]]


def test_context_stays_within_its_conversation_and_comes_once():
    corrections = [
        correction("Elders", None, "1"),
        correction("Eerste", "OOC", "2"),
        correction("Ertussen", None, "2"),
        correction("Tweede", "IC", "2"),
    ]
    chosen = choose_examples(corrections, [])
    assert [[line.text for line in group] for group in chosen] == [["Eerste", "Ertussen", "Tweede"]]
