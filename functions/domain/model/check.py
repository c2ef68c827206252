"""One check of the diagnosis, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the diagnosis: `level` is green, grey (nothing to do), amber or red.

    `mend` says what to do, or names the act that does it.
    """

    name: str
    level: str
    says: str
    mend: str = ""
    act: str = ""
    subject: str = ""
