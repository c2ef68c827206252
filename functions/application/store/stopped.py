"""Why a side can no longer be called, and what a person does about it: one sentence, wherever that is told or decided."""

from typing import NamedTuple, TypeGuard

from functions.domain.model.errors import AccessRevoked, Cause, SyncError, System
from functions.domain.model.messages import say
from functions.domain.settings.integration import Connection, Integration

STEPS = "run Step 1 and Step 2 again"
ENABLE = "enable the Google Calendar API in the Google Cloud project; it is tried again every five minutes"
ADMIT = "let the administrator of the Google account allow this use; it is tried again every five minutes"
NOT_ENABLED = ("accessNotConfigured", "SERVICE_DISABLED")  # Google's codes


class Trouble(NamedTuple):
    """What could not be read (a calendar, `ireserve` or `pairs`), why (a sentence), and whether a new consent mends it."""

    place: str
    why: str
    consent: bool = False

    @classmethod
    def of(cls, place: str, error: SyncError) -> "Trouble":
        """Return the trouble that an error is."""
        return cls(place, str(error), wants_consent(error))


def wants_consent(error: SyncError) -> TypeGuard[AccessRevoked]:
    """Whether Google refuses every call until a person consents anew; what is mended at Google needs no consent."""
    refused = isinstance(error, AccessRevoked) and error.side is System.GOOGLE
    return refused and error.cause is not Cause.MENDED_AT_GOOGLE


def google_mend(connection: Connection) -> str:
    """Return what a person does about a dead connection."""
    if not connection.mended_at_google:
        return STEPS
    return ENABLE if connection.dead in NOT_ENABLED else ADMIT


def google_stopped(integration: Integration) -> str:
    """Return why Google can no longer be called and what to do, or ""."""
    connection = integration.connection
    if connection is None:
        return "Google is not connected: run Step 1 and Step 2"
    return say("the Google connection is dead: {}", google_mend(connection)) if connection.dead else ""


def lacks_consent(integration: Integration) -> bool:
    """Whether Google can no longer be called until a person consents."""
    connection = integration.connection
    return connection is None or (bool(connection.dead) and not connection.mended_at_google)


def ireserve_stopped(integration: Integration) -> str:
    """Return why i-Reserve can no longer be called and what to do, or ""."""
    refused = "i-Reserve refuses the login: save the right password on the screen i-Reserve"
    return refused if integration.ireserve_refused else ""


def must_be_called(integration: Integration) -> None:
    """Raise `AccessRevoked` if i-Reserve refuses the login: each call more may lock the account."""
    if why := ireserve_stopped(integration):
        raise AccessRevoked(why, reason=integration.ireserve_refused, side=System.IRESERVE)


def stopped(integration: Integration) -> str:
    """Return why an integration cannot be synchronised, whatever its phase, and what to do, or ""."""
    return google_stopped(integration) or ireserve_stopped(integration)
