"""Labels of lines: which belong to the story, as a classifier says or as people correct it.

>>> from sessions_app.labels.panel import labels_panel
>>> labels_panel(session).unlabelled
12
"""
