"""From `process.yaml` and `steps.py` to a process that can run: parse, compare, compile, version."""
