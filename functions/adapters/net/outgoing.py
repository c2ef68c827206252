"""Where this service may connect to, and how long that may take.

A name is resolved once, and the connection goes to the address that was checked, so a name that resolves differently
the next time leads nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from functions.domain.model.errors import Cause, Refused, Transient
from functions.domain.model.messages import say

if TYPE_CHECKING:
    import requests

TIMEOUT = 20.0
MAX_BYTES = 64 * 1024 * 1024


def session(*, allow_private: bool = False, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> "requests.Session":
    """Make a session for one outside system; use one per thread.

    `timeout` is in seconds, for connecting (at most 5), for each wait, and for the whole body. Answers are read in
    full, up to `max_bytes` after unpacking. The environment's proxies, `.netrc` and cookies are ignored, redirects are
    refused. Plain http is for private addresses only.

    Calls raise `Refused` (`address_not_allowed`, `redirect`, `too_large`) and the errors of requests; see `reaching`.
    """
    from functions.adapters.net.outgoing_session import CheckedSession

    return CheckedSession(allow_private=allow_private, timeout=timeout, max_bytes=max_bytes)


@contextmanager
def reaching(side: str) -> Iterator[None]:
    """Turn errors of requests into `Transient`, or `Refused` for a malformed address; `side` names the system."""
    import requests
    from urllib3.exceptions import LocationParseError

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Transient(say("The certificate of {} could not be verified.", side), reason="tls") from error
    except requests.exceptions.Timeout as error:
        raise Transient(say("{} did not answer in time.", side), reason=Cause.TIMEOUT) from error
    except (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        LocationParseError,
        UnicodeError,
    ) as e:
        raise Refused(say("The address of {} is not a web address; correct it.", side), reason=Cause.ADDRESS) from e
    except requests.exceptions.RequestException as error:
        raise Transient(say("{} could not be reached.", side), reason=Cause.UNREACHABLE) from error
