"""The control API: JSON routes under /control, without authorisation."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request

from sandbox.google.control.control_events import body
from sandbox.google.errors import Resource, bad_request, not_found
from sandbox.google.events import people
from sandbox.google.world.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.google.world.world import World

# control path -> the field of the request and the switch it sets
SWITCHES: dict[str, dict[str, str]] = {
    "latency": {"seconds": "latency"},
    "notifications": {
        "mode": "delivery",
        "seconds": "delivery_seconds",
        "sync_before_answer": "sync_before_answer",
        "allow_http": "allow_http",
    },
    "pages": {"size": "page_size", "empty": "page_empty", "sync_tokens": "sync_tokens"},
    "consent": {
        "leave_out_refresh_token": "leave_out_refresh_token",
        "code_seconds": "code_seconds",
        "refresh_days": "refresh_days",
    },
    "meet": {"mode": "meet_mode", "seconds": "meet_seconds"},
    "quota": {"per_minute": "per_minute", "reason": "quota_reason"},
    "tombstones": {"mode": "tombstones", "days": "tombstone_days", "lose": "lost_removals"},
    "texts": {"mode": "texts", "longest": "longest_text"},
    "guests": {"shown": "most_guests"},
    "zones": {"unnamed": "unnamed_zone"},
    "moves": {"heed_etags": "moves_heed_etags"},
    "consistency": {"seconds": "lag_seconds"},
}
CHOICES = {
    "delivery": {"deliver", "drop", "delay", "double", "hold"},
    "meet_mode": {"success", "pending", "failure"},
    "tombstones": {"usual", "full", "bare"},
    "texts": {"as_sent", "web"},
    "unnamed_zone": {"calendar", "utc"},
    "allow_http": {"loopback", "always", "never"},
}


class Control:
    """The routes; each method answers one with JSON and runs under the lock."""

    def __init__(self, world: World) -> None:
        self.world = world

    def reset(self) -> Any:
        """Begin anew."""
        self.world.reset()
        return {"ok": True}

    def switch(self, name: str) -> Any:
        """Set switches; only the fields that are sent change."""
        content = body()
        known = SWITCHES.get(name)
        if known is None or not content.keys() <= known.keys():
            raise bad_request(f"{name} takes {', '.join(known or ()) or 'nothing: it is no switch'}.")
        for field, value in content.items():
            if value not in CHOICES.get(known[field], {value}):
                raise bad_request(f"{field} is one of {', '.join(sorted(CHOICES[known[field]]))}.")
            setattr(self.world.switches, known[field], value)
        return {field: getattr(self.world.switches, switch) for field, switch in known.items()}

    def clients(self) -> Any:
        """Register an OAuth client, or change it; `refused` is the code with which the token endpoint refuses it."""
        content = body()
        self.world.tokens.add_client(content["client_id"], content["client_secret"], content["redirect_uris"])
        self.world.tokens.clients[content["client_id"]].refused = content.get("refused", "")
        return {"client_id": content["client_id"]}

    def accounts(self) -> Any:
        """Make an account."""
        return {"email": self.world.add_account(body()["email"]).email}

    def calendars(self) -> Any:
        """List the calendars."""
        return {"calendars": [self._calendar(calendar_id) for calendar_id in self.world.calendars]}

    def make_calendar(self) -> Any:
        """Make a calendar, or share one with another account."""
        content: Resource = body()
        if content["account"] not in self.world.accounts:
            raise not_found(f"There is no account {content['account']}.")
        calendar = self.world.add_calendar(
            content["id"],
            content["account"],
            str(content.get("summary", content["id"])),
            role=content.get("access_role", "owner"),
            push=content.get("push", True),
            meet=content.get("meet", "allowed") == "allowed",
            zone_name=content.get("time_zone", "Europe/Amsterdam"),
            subscribed=content.get("subscribed", True),
        )
        calendar.data_owner = content.get("data_owner", calendar.data_owner)
        calendar.accepts = content.get("accepts", calendar.accepts)
        calendar.labels = content.get("labels", calendar.labels)
        return self._calendar(calendar.id)

    def change_calendar(self, calendar_id: str) -> Any:
        """Change a calendar; a new access role (`none` withdraws access) kills its sync tokens."""
        calendar, content = people.calendar(self.world, calendar_id), body()
        if "access_role" in content:
            account = content.get("account", calendar.owner)
            self.world.accounts[account].roles[calendar_id] = content["access_role"]
            calendar.epoch += 1
        if "subscribed" in content:
            self.world.subscribe(content.get("account", calendar.owner), calendar_id, on=content["subscribed"])
        calendar.data_owner = content.get("data_owner", calendar.data_owner)
        calendar.summary = content.get("summary", calendar.summary)
        calendar.labels = content.get("labels", calendar.labels)
        calendar.zone = content.get("time_zone", calendar.zone)
        calendar.push = content.get("push", calendar.push)
        calendar.meet = content.get("meet", "allowed" if calendar.meet else "forbidden") == "allowed"
        return self._calendar(calendar_id)

    def delete_calendar(self, calendar_id: str) -> Any:
        """Remove a calendar."""
        people.calendar(self.world, calendar_id).gone = True
        return {"id": calendar_id, "gone": True}

    def record(self, calendar_id: str) -> Any:
        """Let the next list show exactly these items, such as recorded answers of the real API."""
        calendar, items = people.calendar(self.world, calendar_id), body()["items"]
        calendar.recorded |= {str(item.get("id", "")): item for item in items}
        calendar.unlisted += [str(item.get("id", "")) for item in items]
        calendar.counter += 1
        self.world.channels.changed(calendar)
        return {"items": len(items)}

    def _calendar(self, calendar_id: str) -> Resource:
        calendar = self.world.calendars[calendar_id]
        return {
            "id": calendar.id,
            "account": calendar.owner,
            "summary": calendar.summary,
            "time_zone": calendar.zone,
            "push": calendar.push,
            "meet": "allowed" if calendar.meet else "forbidden",
            "gone": calendar.gone,
            "data_owner": calendar.data_owner,
            "accepts": calendar.accepts,
            "access": {a.email: a.roles[calendar_id] for a in self.world.accounts.values() if calendar_id in a.roles},
        }

    def clock(self) -> Any:
        """Tell the time."""
        return {"now": self.world.now().isoformat(), "offset": self.world.offset.total_seconds()}

    def set_clock(self) -> Any:
        """Set the clock: `now`, `advance` (seconds) or `offset` (seconds)."""
        content = body()
        if "now" in content:
            now = datetime.fromisoformat(content["now"])
            self.world.offset = (now if now.tzinfo else now.replace(tzinfo=UTC)) - self.world.clock()
        if "advance" in content:
            self.world.offset += timedelta(seconds=content["advance"])
        if "offset" in content:
            self.world.offset = timedelta(seconds=content["offset"])
        return self.clock()

    def calls(self) -> Any:
        """Show the call log after `since`."""
        since = request.args.get("since", 0, int)
        return {"calls": [asdict(call) for call in self.world.calls.since(since)], "last": self.world.calls.last}

    def forget_calls(self) -> Any:
        """Empty the call log; numbers go on."""
        self.world.calls.log.clear()
        return {"last": self.world.calls.last}

    def faults(self) -> Any:
        """List the planted faults."""
        return {"faults": [asdict(fault) for fault in self.world.faults.planted]}

    def plant(self) -> Any:
        """Plant a fault."""
        content = body()
        unknown = content.keys() - {field.name for field in fields(Fault)}
        if unknown:
            raise bad_request(f"A fault has no {', '.join(sorted(unknown))}.")
        self.world.faults.planted.append(Fault(**content))
        return self.faults()

    def clear_faults(self) -> Any:
        """Forget the planted faults."""
        self.world.faults.planted.clear()
        return self.faults()

    def flush(self) -> Any:
        """Release the held messages."""
        return {"flushed": self.world.channels.flush(body().get("order", "fifo"))}

    def channels(self) -> Any:
        """List the channels."""
        channels = self.world.channels
        return {"channels": [{**vars(c), "live": channels.live(c)} for c in channels.open.values()]}

    def channel(self, channel_id: str, deed: str) -> Any:
        """Expire a channel, or send a message on it."""
        channel = self.world.channels.open.get(channel_id)
        if channel is None or deed not in {"expire", "notify"}:
            raise not_found(f"There is no channel {channel_id}, or no way to {deed} it.")
        if deed == "expire":
            channel.expires = self.world.now()
        else:
            self.world.channels.tell(channel, body().get("state", "exists"))
        return {**vars(channel), "live": self.world.channels.live(channel)}

    def deliveries(self) -> Any:
        """List the messages that were sent, and those that wait."""
        channels = self.world.channels
        return {"deliveries": [vars(m) for m in channels.sent], "waiting": [vars(m) for m in channels.waiting]}

    def expire_sync_tokens(self) -> Any:
        """Kill the sync tokens of one calendar or of all."""
        wanted = body().get("calendar")
        for calendar in self.world.calendars.values():
            calendar.epoch += wanted in (None, calendar.id)
        return {"ok": True}

    def revoke(self) -> Any:
        """Withdraw the consents of one account or of all."""
        wanted = body().get("account")
        for account in self.world.accounts if wanted is None else [wanted]:
            self.world.tokens.withdraw(account)
        return {"ok": True}

    def expire_access(self) -> Any:
        """Let every access token expire."""
        self.world.tokens.access.clear()
        return {"ok": True}

    def mails(self) -> Any:
        """List the mails to guests."""
        return {"mails": [asdict(mail) for mail in self.world.mails]}

    def tokens(self) -> Any:
        """Show the state of the tokens, not the tokens."""
        known = self.world.tokens
        return {
            "refresh": [_token(access) for access in known.refresh.values()],
            "access": [_token(access) for access in known.access.values() if known.who(access.token)],
            "codes": sum(not code.used for code in known.codes.values()),
        }


def _token(access: Any) -> Resource:
    expires = access.expires.isoformat() if access.expires else None
    return {"account": access.account, "client": access.client, "scopes": access.scopes, "expires": expires}


def register(app: Flask, world: World) -> None:
    """Put the routes in place."""
    control = Control(world)
    one = "/control/calendars/<path:calendar_id>"
    routes: list[tuple[str, str, Callable[..., Any]]] = [
        ("POST", "/control/reset", control.reset),
        ("POST", "/control/clients", control.clients),
        ("POST", "/control/accounts", control.accounts),
        ("GET", "/control/calendars", control.calendars),
        ("POST", "/control/calendars", control.make_calendar),
        ("PATCH", one, control.change_calendar),
        ("DELETE", one, control.delete_calendar),
        ("POST", f"{one}/recorded", control.record),
        ("GET", "/control/clock", control.clock),
        ("POST", "/control/clock", control.set_clock),
        ("GET", "/control/calls", control.calls),
        ("DELETE", "/control/calls", control.forget_calls),
        ("GET", "/control/faults", control.faults),
        ("POST", "/control/faults", control.plant),
        ("DELETE", "/control/faults", control.clear_faults),
        ("POST", "/control/notifications/flush", control.flush),
        ("GET", "/control/channels", control.channels),
        ("POST", "/control/channels/<channel_id>/<deed>", control.channel),
        ("GET", "/control/deliveries", control.deliveries),
        ("POST", "/control/sync-tokens/expire", control.expire_sync_tokens),
        ("POST", "/control/tokens/revoke", control.revoke),
        ("POST", "/control/tokens/expire-access", control.expire_access),
        ("GET", "/control/mails", control.mails),
        ("GET", "/control/tokens", control.tokens),
        ("POST", "/control/<name>", control.switch),
    ]
    for method, path, work in routes:
        app.add_url_rule(path, f"{method} {path}", _locked(world, work), methods=[method])


def _locked(world: World, work: Callable[..., Any]) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        with world.turn():
            try:
                return jsonify(work(**path))
            except (KeyError, TypeError, ValueError) as error:
                raise bad_request(f"{type(error).__name__}: {error}") from error

    return view
