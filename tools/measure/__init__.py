"""The parts of the benchmark; ``tools/benchmark.py`` is its command line."""
