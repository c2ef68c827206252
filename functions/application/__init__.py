"""Use cases and the ports they need, one package per subject. Tasks start in `dispatch.py`."""
