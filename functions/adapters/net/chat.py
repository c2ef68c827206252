"""Alerts in the form that each chat service accepts; any other webhook gets the fields as JSON."""

from typing import Any
from urllib.parse import urlsplit

from functions.application.ports import Alert
from functions.domain.settings.schema import AlertSettings

# how the hosts of each service's webhooks end; Teams has workflows and the older connectors
HOSTS = {
    "google_chat": ("chat.googleapis.com",),
    "slack": ("hooks.slack.com", "hooks.slack-gov.com"),
    "teams": (".webhook.office.com", ".logic.azure.com", ".api.powerplatform.com"),
}
SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
CHAT = str.maketrans({"<": "‹", ">": "›"})  # Google Chat cannot escape `<users/all>`


def form_of(where: AlertSettings) -> str:
    """Return the form for a webhook: as set, else by its host, else `json`."""
    if where.webhook_form != "auto":
        return where.webhook_form
    host = f".{(urlsplit(where.webhook_url).hostname or '').lower()}"
    return next(
        (form for form, ends in HOSTS.items() if host.endswith(tuple(f".{e.lstrip('.')}" for e in ends))), "json"
    )


def body_of(form: str, alert: Alert) -> dict[str, Any]:
    """Return the body to post.

    Google Chat refuses unknown fields, so it and Slack get only a text. Teams gets a card, and the plain fields for a
    flow that reads those.

    https://developers.google.com/workspace/chat/format-messages
    https://docs.slack.dev/messaging/formatting-message-text
    https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
    """
    match form:
        case "google_chat":
            return {"text": _text(alert, CHAT)}
        case "slack":
            return {"text": _text(alert, SLACK)}
        case "teams":
            return {"type": "message", "attachments": [_card(alert)], **_fields(alert)}
        case _:
            return _fields(alert)


def _fields(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "integration": alert.int_id,
        "title": alert.title,
        "text": alert.text,
        "link": alert.link,
    }


def _text(alert: Alert, escaped: dict[int, str]) -> str:
    title = alert.title.translate(escaped).replace("*", "")
    return f"*{title}*\n{alert.text.translate(escaped)}\n{alert.link}"


def _card(alert: Alert) -> dict[str, Any]:
    """Return an adaptive card; its texts are text runs, in which markup has no effect."""
    title = {"type": "TextRun", "text": alert.title, "weight": "Bolder"}
    lines = [{"type": "TextRun", "text": line} for line in alert.text.splitlines()]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [{"type": "RichTextBlock", "inlines": [each]} for each in (title, *lines)],
        "actions": [{"type": "Action.OpenUrl", "title": alert.link, "url": alert.link}],
    }
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
