"""The deployable functions: each is the entry point of one Cloud Run function, and of `functions-framework --target`."""

import os

from flask import Request, Response

from functions import bootstrap

bootstrap.check_start(os.environ.get("FUNCTION_TARGET", ""))


def oauth_redirect(request: Request) -> Response:
    """`GET /integrations/redirect/{int_id}`: Google sends the administrator's browser back here."""
    return bootstrap.answer("oauth_redirect", request)


def booking_webhook(request: Request) -> Response:
    """`POST /bookings/{int_id}`: i-Reserve tells that a booking was made or changed."""
    return bootstrap.answer("booking_webhook", request)


def calendar_notification(request: Request) -> Response:
    """`POST /notifications/google`: a watch channel tells that a calendar changed."""
    return bootstrap.answer("calendar_notification", request)


def sync_task(request: Request) -> Response:
    """`POST /tasks/sync`: the queue hands out one task."""
    return bootstrap.answer("sync_task", request)


def renew_watches(request: Request) -> Response:
    """`POST /watches/renew`: the scheduler asks for the renewal of watch channels."""
    return bootstrap.answer("renew_watches", request)


def sweep(request: Request) -> Response:
    """`POST /sweep`: the scheduler asks to search for what hints missed."""
    return bootstrap.answer("sweep", request)


def console(request: Request) -> Response:
    """`/console/…` and `GET /integrations/consent/{int_id}`: the administrator."""
    return bootstrap.answer("console", request)
