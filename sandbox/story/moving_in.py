"""Settings, consent, Step 2, the plan, and activation with existing bookings and events."""

from collections.abc import Iterator

from sandbox.stage import ROOM_A, SCOPES, SECRETS, StageError, settings
from sandbox.story.tale import INT_ID, SkippedError, Tale, held, spell

OUTBOUND = {
    "create_meet_link": True,
    "meet_link_field": "custom05",
    "reminder_popup_minutes": 30,
    "reminder_email_minutes": 1440,
    "use_customer_data": True,
}
SYNC = {"cancel_grace_seconds": 2}


def settings_are_imported(tale: Tale) -> Iterator[str]:
    """Settings and secrets are imported; a secret never comes back."""
    body = settings(tale.stage.ireserve, INT_ID, outbound=OUTBOUND, sync=SYNC)
    tale.stage.api("PUT", f"/{INT_ID}", {**body, "secrets": SECRETS})
    kept = tale.stage.api("GET", f"/{INT_ID}")
    held(not any(secret in str(kept) for secret in SECRETS.values() if secret != "sandbox"), "a secret came back")
    yield f"{kept['name']}: {len(kept['mapping'])} mapping rows, secrets set: {', '.join(kept['secrets_set'])}"
    yield f"Return url {kept['return_url']}"


def an_unticked_scope_is_refused(tale: Tale) -> Iterator[str]:
    """Consent with one box unticked is refused, with the reason."""
    tale.stage.consent(INT_ID, scopes=SCOPES[:1])
    try:
        tale.stage.connect(INT_ID)
    except StageError as refusal:
        held("calendar.events" in str(refusal), f"the reason is not named: {refusal}")
        yield str(refusal).partition('"error": "')[2].partition('"')[0]
    else:
        raise StageError("it was connected without the scope")


def step_two_names_the_account(tale: Tale) -> Iterator[str]:
    """Consent with every box ticked; Step 2 names the account and lists its calendars."""
    tale.stage.consent(INT_ID)
    found = tale.stage.connect(INT_ID)
    held(found["account"] == "planner@example.org", f"another account: {found['account']}")
    yield f"connected as {found['account']}: {', '.join(each['title'] for each in found['calendars'])}"
    rows = tale.stage.api("GET", f"/{INT_ID}")["mapping"]
    calendars = {row["object"]: row["calendar"] for row in rows}
    held(calendars["*"] == "planner@example.org", "primary did not become the real calendar")
    yield "the calendar `primary` in the mapping became planner@example.org"


def a_plan_says_what_will_happen(tale: Tale) -> Iterator[str]:
    """The plan says what activation will do; nothing is written yet."""
    day = tale.new_day()
    for start, end in (("09:00", "10:00"), ("10:00", "11:00"), ("11:00", "12:00")):
        tale.book(day, start, end, quiet=True, remarks="Stond er al")
    foreign = tale.draw(day, "13:00", "14:00", summary="Van de vorige koppeling")
    tale.book(day, "13:00", "14:00", quiet=True, external_id=foreign)
    later = tale.new_day()
    tale.foreign = (later, tale.draw(later, "13:00", "14:00", summary="Ook van de vorige koppeling"))
    mark = tale.mark()
    try:
        plan = tale.stage.api("GET", f"/{INT_ID}/plan?refresh=1")
    except StageError as missing:
        if "404" in str(missing) or "405" in str(missing):
            raise SkippedError("this version has no plan yet") from None
        raise
    held(tale.writes_since(mark) == [], "planning wrote something")
    counts = plan.get("counts", plan)
    yield ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in counts.items() if isinstance(n, int) and n)


def activation_backfills(tale: Tale) -> Iterator[str]:
    """Activation registers webhooks and channels, brings over what existed, and adopts events that match already."""
    before = tale.stage.events(ROOM_A)
    mark = tale.mark()
    done = tale.stage.api("POST", f"/{INT_ID}/activate")
    held(done["state"] == "active", f"it is {done['state']}")
    tale.wait("the backfill", lambda: tale.stage.api("GET", f"/{INT_ID}")["backfill"].get("finished_at"))
    hooks = [hook["event"] for hook in tale.stage.control("ireserve", "GET", "hooks")["hooks"]]
    live = tale.wait("three channels", lambda: _live(tale))
    held(sorted(hooks) == ["booking_created", "booking_updated"], f"hooks: {hooks}")
    yield f"webhooks {' and '.join(sorted(hooks))}, {live} channels"
    here = [booking for booking in tale.bookings() if booking["external_id"]]
    held(len(here) == 4, f"{len(here)} of 4 bookings have an event")
    held(
        len(tale.stage.events(ROOM_A)) == 5, f"{len(tale.stage.events(ROOM_A))} events for 4 bookings and a free event"
    )
    held(tale.writes_since(mark).count("insert") == 3, f"written: {tale.writes_since(mark)}")
    adopted = next(event for event in tale.stage.events(ROOM_A) if event["id"] == before[0]["id"])
    yield f"3 events made, 1 adopted ({adopted['summary']}, {spell(adopted)}), {_mails(tale)} mails sent"


def _live(tale: Tale) -> int:
    live = sum(channel["live"] for channel in tale.stage.control("google", "GET", "channels")["channels"])
    return live if live == 3 else 0


def _mails(tale: Tale) -> int:
    return len(tale.stage.control("google", "GET", "mails")["mails"])


STEPS = (
    settings_are_imported,
    an_unticked_scope_is_refused,
    step_two_names_the_account,
    a_plan_says_what_will_happen,
    activation_backfills,
)
