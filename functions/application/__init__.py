"""Use cases and the ports they need. A task arrives in `dispatch.py`; the packages below are rooms by subject."""
