"""A booking as read from i-Reserve, in this project's terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.domain.model.zones import utc


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking.

    `starts` and `ends` are moments in UTC; with `day_mode` only their local dates count, and `sync.day_end` says whether
    `ends` is the last day or the day after it. `fields` holds every value of the answer as text, by i-Reserve's field
    name in lower case, for templates and custom fields.
    """

    id: str
    object_id: str
    starts: datetime
    ends: datetime
    status: int
    object_name: str = ""
    day_mode: bool = False
    number: int = 1
    external_id: str = ""
    remarks: str = ""
    customer_id: str = ""
    email: str = ""
    activity_id: str = ""
    main_id: str = ""  # the main object that its object is a part of, or ""
    other_zone: bool = False  # its start came with an offset that the integration's zone does not have at that time
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", utc(self.starts))
        object.__setattr__(self, "ends", utc(self.ends))

    def value_of(self, field_name: str) -> str:
        """Return the text of a field that the settings name (`external_id`, `remarks`, `customNN`), or ""."""
        if field_name == "external_id":
            return self.external_id
        if field_name == "remarks":
            return self.remarks
        return self.fields.get(field_name, "")
