"""Use cases and the ports they need, one package for each subject. A task arrives in `dispatch.py`."""
