"""What a person decides about a pair: approve or restore a held removal, undo, cancel now, keep, resume.

`carry_out.py` changes the link, and `application/sync` brings it to rest at once.
"""
