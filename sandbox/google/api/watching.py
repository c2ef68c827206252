"""Opening and stopping channels: the rules of events.watch and channels.stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.google.errors import ApiError, invalid, not_found, required
from sandbox.google.world.channels import Channel

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.tokens import Access
    from sandbox.google.world.world import World

DEFAULT_TTL, MOST_TTL = timedelta(days=7), timedelta(days=30)
MOST_ID, MOST_TOKEN = 64, 256
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def watch(world: World, calendar: Calendar, body: Resource, access: Access) -> Resource:
    """Open a channel on a calendar's events; the `sync` message goes out at once."""
    channel_id, address = body.get("id"), body.get("address")
    if not channel_id or not address:
        raise required("Required: id and address.")
    if body.get("type") not in {"web_hook", "webhook"}:
        raise invalid(f'Invalid value for: "{body.get("type")}" is no channel type.')
    if len(channel_id) > MOST_ID or len(body.get("token") or "") > MOST_TOKEN:
        raise invalid("Channel id (64) or token (256) too long.")
    _check_address(world, address)
    if not calendar.push:
        raise ApiError(
            400, "pushNotSupportedForRequestedResource", "Push notifications are not supported by this resource."
        )
    known = world.channels.open.get(channel_id)
    if known is not None and world.channels.live(known):
        raise ApiError(400, "channelIdNotUnique", f"Channel id {channel_id} not unique")
    channel = Channel(
        id=channel_id,
        calendar=calendar.id,
        resource_id=f"res{calendar.number:03d}{sum(map(ord, calendar.id)):06d}",
        resource_uri=f"https://www.googleapis.com/calendar/v3/calendars/{calendar.id}/events?alt=json",
        address=address,
        token=body.get("token"),
        expires=_expiration(world, body),
        account=access.account,
        client=access.client,
    )
    world.channels.open[channel_id] = channel
    world.number()
    world.channels.tell(channel, "sync")
    return shown(channel)


def shown(channel: Channel) -> Resource:
    """Return the Channel resource of the answer; the expiration is milliseconds, as a string."""
    answer = {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": str(int(channel.expires.timestamp() * 1000)),
    }
    return answer if channel.token is None else {**answer, "token": channel.token}


def stop(world: World, body: Resource, access: Access) -> None:
    """Close a channel; only for the account and client that opened it, 404 otherwise."""
    channel = world.channels.open.get(str(body.get("id")))
    if (
        channel is None
        or not world.channels.live(channel)
        or channel.resource_id != body.get("resourceId")
        or (channel.account, channel.client) != (access.account, access.client)
    ):
        raise not_found(f"Channel '{body.get('id')}' not found for project 'sandbox'")
    channel.stopped = True


def _check_address(world: World, address: str) -> None:
    parts = urlsplit(address)
    allowed = world.switches.allow_http == "always"
    allowed |= world.switches.allow_http == "loopback" and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise ApiError(401, "push.webhookUrlNotHttps", f"WebHook callback must be HTTPS: {address}")


def _expiration(world: World, body: Resource) -> datetime:
    now = world.now()
    expires = now + DEFAULT_TTL
    try:
        if body.get("expiration"):
            expires = datetime.fromtimestamp(int(body["expiration"]) / 1000, UTC)
        elif (body.get("params") or {}).get("ttl"):
            expires = now + timedelta(seconds=int(body["params"]["ttl"]))
    except (ValueError, OverflowError) as error:
        raise invalid("Invalid expiration.") from error
    if expires <= now:
        raise invalid("The expiration lies in the past.")
    return min(expires, now + MOST_TTL).replace(microsecond=0)
