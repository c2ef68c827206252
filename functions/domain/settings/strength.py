"""Whether a key that somebody chose can be guessed."""

from itertools import pairwise
from math import log2

MADE = "openssl rand -hex 32"  # how to make one that cannot
SHORTEST = 16  # characters
BITS = 50
ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")
OTHERS = 20  # signs that people use


def can_be_guessed(key: str) -> bool:
    """Whether a key is short, repeats itself or counts on: each new pair of characters is worth its alphabet."""
    if len(key) < SHORTEST:
        return True
    size = sum(len(each) for each in ALPHABETS if set(each) & set(key))
    if set(key) - set("".join(ALPHABETS)):
        size += OTHERS
    steps = {(one, other) for one, other in pairwise(key) if abs(ord(one) - ord(other)) > 1}
    return len(steps) * log2(max(size, 2)) < BITS
