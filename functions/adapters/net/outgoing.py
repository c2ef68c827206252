"""Where may this service connect to, and how long may that take.

Addresses are judged after they are resolved, and the connection goes to the very address that was judged, so that a
name that resolves differently the second time leads nowhere else.
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

    `timeout` is in seconds: for connecting, for each wait, and for the whole body. An answer is read in full and may
    have `max_bytes` after unpacking. Redirects are not followed, the environment's proxies and `.netrc` are not read and
    cookies are not kept. Plain http is for private addresses only.

    Calls raise `Refused` (`address_not_allowed`, `redirect`, `too_large`) besides what requests itself raises; see
    `reaching`.
    """
    from functions.adapters.net.outgoing_session import CheckedSession

    return CheckedSession(allow_private=allow_private, timeout=timeout, max_bytes=max_bytes)


@contextmanager
def reaching(side: str) -> Iterator[None]:
    """Turn what requests raises inside into `Transient`; `side` is the name that the sentence shows.

    A wrong address (no scheme, no host) is `Refused`.
    """
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
