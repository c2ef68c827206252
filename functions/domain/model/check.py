"""One check of the diagnosis, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the diagnosis: `level` is green, grey (nothing to do), amber or red.

    `says` is what was found and `mend` what to do about it. `act` names the page or button of the console that helps,
    `subject` what the check is about, such as a calendar.
    """

    name: str
    level: str
    says: str
    mend: str = ""
    act: str = ""
    subject: str = ""
