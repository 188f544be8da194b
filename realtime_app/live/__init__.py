"""The live page's words: what followers are told, the lines they read, who listens, and what the clock says.

>>> from realtime_app.live.lines import last_lines, rendered_for_all
>>> session.segments.update(tier="final")
12
>>> lines = rendered_for_all(session, last_lines(session, 1))
>>> {language: line["position"] for language, [line] in lines.items()}
{'en': 11, 'nl': 11}
"""
