"""`python -m sandbox.confirm ireserve|google …` (see `--help`) only reads, unless a test object or calendar is named."""

import argparse
import os
import sys
from collections.abc import Sequence

import requests

from sandbox.confirm import google, ireserve
from sandbox.confirm.finding import Finding

SIGNS = {"as believed": "  ", "differs": "! ", "not told": "? "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print a line per row of the page, and return 0 if nothing differs."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.confirm", description=__doc__)
    sides = parser.add_subparsers(dest="side", required=True)
    one = sides.add_parser(
        "ireserve", help="an i-Reserve test environment; the password is read from IRESERVE_PASSWORD"
    )
    one.add_argument("url", help="the address of the interface, up to /api/rest")
    one.add_argument("user", help="the user of the interface")
    one.add_argument("--booking", required=True, help="the number of a booking to look at")
    one.add_argument("--object", default="", help="a test object: bookings are made there, moved and cancelled")
    two = sides.add_parser("google", help="a Google account; an access token is read from GOOGLE_TOKEN")
    two.add_argument("calendar", help="the id of a calendar to look at")
    two.add_argument("--trial", default="", help="a test calendar: events are made there, and deleted again")
    two.add_argument(
        "--room", default="", help="with --trial: a room of Google Workspace, which is invited for a moment"
    )
    two.add_argument(
        "--chat", action="store_true", help="post a card to the Teams workflow whose address is in TEAMS_WEBHOOK"
    )
    two.add_argument("--endpoint", default="https://www.googleapis.com/calendar/v3")
    given = parser.parse_args(arguments)
    session = requests.Session()
    if given.side == "ireserve":
        session.auth = (given.user, os.environ.get("IRESERVE_PASSWORD", ""))
        found = list(ireserve.ask(ireserve.Tenant(session, given.url.rstrip("/"), given.booking, given.object)))
    else:
        session.headers["Authorization"] = f"Bearer {os.environ.get('GOOGLE_TOKEN', '')}"
        chat = os.environ.get("TEAMS_WEBHOOK", "") if given.chat else ""
        account = google.Account(session, given.endpoint.rstrip("/"), given.calendar, given.trial, given.room, chat)
        found = list(google.ask(account))
    for each in found:
        sys.stdout.write(f"{SIGNS[each.verdict]}{each.row:4} {each.verdict:12} {each.saw}\n")
    differing = sum(each.verdict == "differs" for each in found)
    sys.stdout.write(f"{len(found)} asked, {differing} differ from docs/outside.md\n")
    return 1 if differing else 0


def told(found: Sequence[Finding]) -> dict[str, str]:
    """Return the verdicts by row."""
    return {each.row: each.verdict for each in found}


if __name__ == "__main__":
    sys.exit(main())
