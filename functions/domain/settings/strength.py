"""Whether a chosen key can be guessed."""

from itertools import pairwise
from math import log2
from string import ascii_lowercase, ascii_uppercase, digits

MADE = "openssl rand -hex 32"  # makes a key that cannot be guessed
SHORTEST = 16  # characters
BITS = 50
ALPHABETS = (ascii_lowercase, ascii_uppercase, digits)
OTHERS = 20  # other characters that people use


def can_be_guessed(key: str) -> bool:
    """Whether a key is short, repetitive or sequential.

    Each different pair of neighbouring characters adds the bits of one character of the key's alphabets; a pair that
    repeats a character or goes on to the next one, such as `aa` or `ab`, adds nothing.
    """
    if len(key) < SHORTEST:
        return True
    size = sum(len(each) for each in ALPHABETS if set(each) & set(key))
    if set(key) - set("".join(ALPHABETS)):
        size += OTHERS
    steps = {(one, other) for one, other in pairwise(key) if abs(ord(one) - ord(other)) > 1}
    return len(steps) * log2(max(size, 2)) < BITS
