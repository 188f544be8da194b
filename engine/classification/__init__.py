"""Says of each line whether it belongs to the story or to the table, by a built-in classifier or a language model.

>>> from engine.classification.values import SpokenLine
>>> from engine.fakes import FakeClassifier
>>> lines = [SpokenLine("Anna", "player", "I draw my sword."), SpokenLine("Ben", "player", "Did you roll?")]
>>> [(verdict.label, verdict.kind) for verdict in FakeClassifier().classify(lines, cast=[])]
[('IC', 'character'), ('OOC', 'rules')]
"""
