"""Free memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine import memory

KEEPS = """
import ctypes, sys
from pathlib import Path
from engine.memory import give_back

def resident_kb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
blocks = [library.malloc(60_000) for _ in range(2_000)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
last = blocks.pop()  # stands behind all others, so that the heap can't simply end earlier
for block in blocks:
    library.free(block)
kept = resident_kb()
given = give_back()
print(int(given), kept - resident_kb())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has a way to give memory back")
def test_what_was_freed_leaves_the_process():
    answer = subprocess.run([sys.executable, "-c", KEEPS], capture_output=True, text=True, check=True).stdout
    given, less_kb = map(int, answer.split())
    assert given
    assert less_kb > 50_000


def test_where_there_is_no_way_nothing_happens(monkeypatch):
    monkeypatch.setattr(memory, "_library", lambda: None)
    assert memory.give_back() is False
