"""What workers do with voices, one procedure for each kind of errand.

>>> from sessions_app.errands.working import PROCEDURES
>>> from sessions_app.models import ErrandKind
>>> {ErrandKind.SPLIT, ErrandKind.ENROL, ErrandKind.EMBED} <= set(PROCEDURES)
True
"""
