"""Pulls a calendar with gcal_sync: one full sync for each line read, answered with its seconds and its events.

Runs in a virtual environment of its own: `python gcal_sync_runs.py ADDRESS TOKEN CALENDAR`.
"""

import asyncio
import sys
import time

import aiohttp  # type: ignore[import-not-found]
from gcal_sync.api import GoogleCalendarService  # type: ignore[import-not-found]
from gcal_sync.auth import AbstractAuth  # type: ignore[import-not-found]
from gcal_sync.const import EVENT_SYNC, ITEMS  # type: ignore[import-not-found]
from gcal_sync.store import InMemoryCalendarStore  # type: ignore[import-not-found]
from gcal_sync.sync import CalendarEventSyncManager  # type: ignore[import-not-found]


class _Auth(AbstractAuth):  # type: ignore[misc]
    async def async_get_access_token(self) -> str:
        return sys.argv[2]


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        api = GoogleCalendarService(_Auth(session, f"{sys.argv[1]}/calendar/v3"))
        for _ in sys.stdin:
            store = InMemoryCalendarStore()
            began = time.perf_counter()
            await CalendarEventSyncManager(api, sys.argv[3], store).run()
            seconds = time.perf_counter() - began
            kept = await store.async_load() or {}
            sys.stdout.write(f"{seconds} {len(kept[EVENT_SYNC][sys.argv[3]][ITEMS])}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
