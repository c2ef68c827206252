"""Templates with i-Reserve's placeholders: single braces, upper case.

https://support.i-reserve.net/en/ (functional information, template variables, booking variables). `{OBJECT}`,
`{CUSTOMER}` and `{STATUS}` are ours, because i-Reserve's names for them are not published.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from functions.domain.model.booking import Booking
from functions.domain.model.zones import clock

PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
BRACES = re.compile(r"\{([^{}]*)\}")

REFUSED = {
    "HASHKEY": "it would give whoever reads the event access to the booking",
    "ACCEPTLINK": "it would let whoever reads the event accept the booking",
    "EDITBOOKLINK": "it would let whoever reads the event change the booking",
    "ETICKET": "it would hand the ticket to whoever reads the event",
}
OURS = {"OBJECT": "object_desc", "CUSTOMER": "customer", "STATUS": "status"}
FIELDS = {
    "NUMBER_OF_PLACES": "number",
    "PRICE": "price",
    "PRICE_NO_OPT": "price_no_opt",
    "PAID": "paid",
    "RES_PRICE_FEE": "res_price_fee",
    "CURRENCY": "currency",
    "REMARKS": "remarks",
    "LOCATION_ID": "location_id",
    "LOCATION": "location",
    "LOCATION_DESC": "location_desc",
    "SETUP_ID": "setup_id",
    "SETUP_DESC": "setup_desc",
    "SETUP_LONG_DESC": "setup_long_desc",
    "DATE_BOOKING": "date_booking",
    "TIME_BOOKING": "time_booking",
}
COMPUTED = ("BOOKING_NUMBER", "FROMDATE", "FROMTIME", "TILLDATE", "TILLTIME", "MINUTES")
CUSTOM = re.compile(r"RES_CUSTOM(\d{1,3})")
MONTHS = {
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
DAYS = {
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def placeholders() -> tuple[str, ...]:
    """Every placeholder that is filled, i-Reserve's first; `RES_CUSTOM01` stands for any custom field."""
    return (*COMPUTED, *FIELDS, "RES_CUSTOM01", *OURS)


def template_faults(template: str) -> Iterator[str]:
    """Say what is wrong with a template, one sentence per placeholder."""
    for name in dict.fromkeys(BRACES.findall(template)):
        if name in REFUSED:
            yield f"{{{name}}} cannot be used: {REFUSED[name]}"
        elif name not in placeholders() and not CUSTOM.fullmatch(name):
            yield f"{{{name}}} is not a placeholder; write it in capitals, such as {{BOOKING_NUMBER}}"


def fill(template: str, booking: Booking, zone: str, language: str) -> str:
    """Fill a template with times of the zone, an IANA name. An unknown or empty value becomes ""."""
    values = _computed(booking, zone, language)

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return values[name]
        if custom := CUSTOM.fullmatch(name):
            return _custom(booking.fields, custom.group(1))
        return booking.fields.get(FIELDS.get(name) or OURS.get(name, ""), "")

    return PLACEHOLDER.sub(value, template).strip()


def _computed(booking: Booking, zone: str, language: str) -> dict[str, str]:
    starts, ends = clock(booking.starts, zone), clock(booking.ends, zone)
    return {
        "BOOKING_NUMBER": booking.id,
        "FROMDATE": _date(starts.day, language),
        "FROMTIME": f"{starts:%H:%M}",
        "TILLDATE": _date(ends.day, language),
        "TILLTIME": f"{ends:%H:%M}",
        "MINUTES": str(int((booking.ends - booking.starts).total_seconds() // 60)),
        "NUMBER_OF_PLACES": str(booking.number),
        "REMARKS": booking.remarks,
        "OBJECT": booking.object_name or booking.object_id,
    }


def _date(day: date, language: str) -> str:
    return f"{DAYS[language][day.weekday()]} {day.day} {MONTHS[language][day.month - 1]} {day.year}"


def _custom(fields: Mapping[str, str], number: str) -> str:
    for name in (f"custom{number}", f"custom{int(number):02d}", f"custom{int(number)}"):
        if name in fields:
            return fields[name]
    return ""
