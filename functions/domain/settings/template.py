"""Templates with i-Reserve's placeholders: single braces, upper case.

https://support.i-reserve.net/en/ (functional information, template variables, booking variables). `{OBJECT}`,
`{CUSTOMER}` and `{STATUS}` are ours, because i-Reserve does not publish its names for them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from functions.domain.model.booking import Booking
from functions.domain.model.messages import say
from functions.domain.model.zones import clock

PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
BRACES = re.compile(r"\{([^{}]*)\}")
UNCLOSED = re.compile(r"\{([A-Z][A-Z0-9_]*+)(?![^{}]*+\})")
LOOP = re.compile(r"<!--\s*(?:BEGIN|END)\s+([\w.]{1,60})\s*-->")

REFUSED = {
    "HASHKEY": "it would give whoever reads the event access to the booking",
    "ACCEPTLINK": "it would let whoever reads the event accept the booking",
    "EDITBOOKLINK": "it would let whoever reads the event change the booking",
    "ETICKET": "it would hand the ticket to whoever reads the event",
}
LOOPED = re.compile(r"\w{1,60}\.[\w.]{1,60}")
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
# column names that people paste from i-Reserve's lists; filled, but not offered
COLUMNS = {"OBJ_DESC": "object_desc", "OBJ_NAME": "object", "RES_REMARKS": "remarks", "CUST_EMAIL": "email"}
NAMED = {**FIELDS, **OURS, **COLUMNS}
COMPUTED = ("BOOKING_NUMBER", "FROMDATE", "FROMTIME", "TILLDATE", "TILLTIME", "MINUTES")
CUSTOM = re.compile(r"RES_CUSTOM([0-9]{1,3})")
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
    """Every placeholder that can be filled, i-Reserve's first; `RES_CUSTOM01` stands for any custom field."""
    return (*COMPUTED, *FIELDS, "RES_CUSTOM01", *OURS)


def template_faults(template: str) -> Iterator[str]:
    """Yield the faults of a template, one sentence per placeholder or loop."""
    loops = tuple(dict.fromkeys(LOOP.findall(template)))
    for loop in loops:
        yield (
            say(
                "the loop {} (<!-- BEGIN {} -->) cannot be filled: i-Reserve's interface returns no list for it; leave it out",
                loop,
                loop,
            )
        )
    for name in dict.fromkeys(UNCLOSED.findall(template)):
        yield say("{{} is not closed; write {{}}", name, name)
    for name in dict.fromkeys(BRACES.findall(template)):
        if name in REFUSED:
            yield say("{{}} cannot be used: {}", name, REFUSED[name])
        elif name in placeholders() or name in COLUMNS or CUSTOM.fullmatch(name):
            continue
        elif LOOPED.fullmatch(name):
            if name.split(".")[0] not in loops:
                yield say("{{}} belongs to a loop, which cannot be filled; leave it out", name)
        elif name.upper() == name and PLACEHOLDER.fullmatch(f"{{{name}}}"):
            yield say(
                "{{}} is never filled: i-Reserve's interface does not return it for a booking; leave it out", name
            )
        else:
            yield say("{{}} is not a placeholder; write it in capitals, such as {BOOKING_NUMBER}", name)


def unfilled(template: str, booking: Booking) -> tuple[str, ...]:
    """Return the placeholders for which this tenant's answer about a booking has no field."""
    named = dict.fromkeys(PLACEHOLDER.findall(template))
    return tuple(
        name
        for name in named
        if name not in (*COMPUTED, "NUMBER_OF_PLACES", "REMARKS", "OBJECT")
        and (NAMED.get(name) or _custom_name(name, booking.fields)) not in booking.fields
    )


def fill(
    template: str, booking: Booking, zone: str, language: str, as_text: Callable[[str], str] = lambda value: value
) -> str:
    """Fill a template, with times in the IANA zone. An unknown or empty value becomes "".

    `as_text` converts each value for its destination, such as escaping it for HTML; the template itself is unchanged.
    """
    if "{" not in template:
        return template.strip()
    values = _computed(booking, zone, language)

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return as_text(values[name])
        return as_text(booking.fields.get(NAMED.get(name) or _custom_name(name, booking.fields), ""))

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


def _custom_name(placeholder: str, fields: Mapping[str, str]) -> str:
    """Return the field for a custom placeholder, however its number is written, or ""."""
    found = CUSTOM.fullmatch(placeholder)
    if found is None:
        return ""
    number = found.group(1)
    names = (f"custom{number}", f"custom{int(number):02d}", f"custom{int(number)}")
    return next((name for name in names if name in fields), "")
