"""Tiny conversations of one pattern: story in words of the woods, table talk in words of dice and food."""

from engine.classification.values import LabelledLine

STORY = ["The {} opens slowly and fog rolls over the floor.", "A {} stands at the gate and stares at you."]
DEEDS = ["I draw my sword and walk to the {}.", "I sneak past the {} and hide in the shadows."]
RULES = ["Roll a d20 for the {}, plus your modifier.", "I rolled 17 plus 4 for the {}, that hits, 8 damage."]
OTHER = ["Anyone want more pizza before the {}?", "My mic was muted, sorry about the {} noise."]
THINGS = ["door", "wolf", "tower", "guard", "bridge", "witch"]


def conversation(name, thing="door", *, labels=True):
    rows = []
    for story, deed, rules, other in zip(STORY, DEEDS, RULES, OTHER, strict=True):
        rows += [
            ("Dana", "dm", story, "IC", "dm_narration", ""),
            ("Pim", "player", deed, "IC", "character", "Elara"),
            ("Dana", "dm", rules, "OOC", "rules", ""),
            ("Pim", "player", other, "OOC", "ooc_other", ""),
        ]
    return [
        LabelledLine(
            name, speaker, role, text.format(thing), label if labels else None, kind if labels else None, who
        )
        for speaker, role, text, label, kind, who in rows
    ]


def conversations(count=6):
    return [conversation(f"made-up-{n}", THINGS[n % len(THINGS)]) for n in range(count)]
