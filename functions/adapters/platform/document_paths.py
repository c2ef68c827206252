"""Which paths every store accepts."""

from functools import lru_cache

from functions.application.ports import Path
from functions.domain.model.errors import Malformed

LONGEST = 1500  # bytes of a name; https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields


def check(path: Path) -> None:
    """Raise `ValueError` unless collection and id alternate, and `Malformed` for a name that no store accepts."""
    if not path or len(path) % 2:
        raise ValueError("A document's path is collection and id in turn.")
    if not (_all_usable(path[:-1]) and usable(path[-1])):
        raise Malformed("this is not the id of anything here", reason="bad_id")


@lru_cache(maxsize=1024)
def _all_usable(collection: Path) -> bool:
    """Whether a collection may be in a path; cached, because hundreds of documents in a row share one."""
    return all(usable(part) for part in collection)


def usable(name: str) -> bool:
    """Whether a name may be in a path: Firestore reserves `.`, `..` and `__x__`."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    reserved = name in (".", "..") or (name.startswith("__") and name.endswith("__"))
    return 0 < size <= LONGEST and "/" not in name and "\0" not in name and not reserved
