"""Why something was not done, in words: a code of Google without words of its own is quoted; each of i-Reserve has some."""

from functions.entrypoints.console.texts import Texts

ALIKE = {  # codes that say the same to a person, by the one whose words they have
    "meanwhile": (
        "being_made",
        "booking_changed",
        "conditionNotMet",
        "conflict",
        "duplicate",
        "link_changed",
        "login_replaced",
        "no_booking",
        "overtaken",
        "paused",
        "series",
        "series_root",
        "settings_changed",
        "stale",
        "taken",
        "token_invalid",
    ),
    "address_not_allowed": ("ireserve_address",),
    "fault": ("bad_task",),
    "forbidden": ("forbiddenForNonOrganizer", "requiredAccessLevel"),
    "no_right": ("ireserve_rights",),
    "not_found": ("deleted", "gone", "notFound"),
    "not_google": ("channel",),
    "quotaExceeded": (
        "calendarUsageLimitsExceeded",
        "dailyLimitExceeded",
        "dailyLimitExceededUnreg",
        "variableTermLimitExceeded",
    ),
    "rateLimitExceeded": (
        "RATE_LIMIT_EXCEEDED",
        "concurrentLimitExceeded",
        "sharingRateLimitExceeded",
        "userRateLimitExceeded",
        "userRateLimitExceededUnreg",
    ),
    "rows_malformed": ("groups_malformed", "hook_malformed"),
    "secrets": ("no_digest_key",),
    "backendError": ("no_access_token", "refresh"),
    "ireserve_fault": ("unavailable",),
}
LIKE = {code: known for known, codes in ALIKE.items() for code in codes}
BEGINNINGS = {  # of codes that have their words in common
    "fault_": "fault",
    "google_secret_": "secrets",
    "http_5": "backendError",  # i-Reserve's are `unavailable`
    "ireserve_secret_": "secrets",
    "secret_": "secrets",
    "secrets_": "secrets",
    "store_": "store",
    "tasks_": "queue",
}


def reason_name(code: str, t: Texts) -> str:
    """Return a reason in words."""
    if code.startswith("lacks_"):
        return t("reason.lacks", what=code.removeprefix("lacks_"))
    known = next((words for begins, words in BEGINNINGS.items() if code.startswith(begins)), LIKE.get(code, code))
    return t.name("reason", known, t("reason.quoted", code=code)) if code else t("reason.other")
