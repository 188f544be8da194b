"""The whole way with real models: a recording that comes in becomes lines with voices."""

from __future__ import annotations
