"""The forms of real secrets.

This replaces a secret scanner: scanners also judge by randomness, so the made-up keys, ids and hashes of these tests
would fill their list of exceptions.
"""

import re

FORMS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "a service account's key": re.compile(r'"private_key_id":\s*"[0-9a-f]{40}"'),
    "a Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a Google client secret": re.compile(r"\bGOCSPX-[0-9A-Za-z_-]{28}\b"),
    "a Google access token": re.compile(r"\bya29\.[0-9A-Za-z_-]{30,}"),
    "a Google refresh token": re.compile(r"\b1//0[0-9A-Za-z_-]{40,}"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
    "a Slack token or hook": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/T[0-9A-Z]{8,}/B"),
    "a chat hook": re.compile(r"chat\.googleapis\.com/v1/spaces/[0-9A-Za-z_-]{8,}/messages\?key=[0-9A-Za-z_-]{20,}"),
    "a signed token": re.compile(r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}"),
}


def found(text: str) -> list[str]:
    """Return the names of the forms found in a text."""
    return [name for name, form in FORMS.items() if form.search(text)]
