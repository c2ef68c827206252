"""What a person reads on an event: why it went back, or did not become a booking."""

from functions.domain.model.zones import Clock

NOTICE_SIGN = "⚠"
SENTENCES = {
    "period_taken": {
        "nl": "i-Reserve weigert dit: de periode is niet beschikbaar.",
        "en": "i-Reserve refused this: the period is not available.",
    },
    "object_unknown": {
        "nl": "i-Reserve weigert dit: het object is daar niet bekend.",
        "en": "i-Reserve refused this: the object is not known there.",
    },
    "status_forbidden": {
        "nl": "i-Reserve weigert dit: deze status mag niet.",
        "en": "i-Reserve refused this: this status is not allowed.",
    },
    "not_applied": {
        "nl": "i-Reserve nam de wijziging niet over.",
        "en": "i-Reserve did not apply the change.",
    },
    "day_or_hour": {
        "nl": "Hele dagen kunnen nog niet: of dit object per dag of per uur geboekt wordt, moet de beheerder eerst instellen.",
        "en": "No whole days yet: the administrator must set first whether this object is booked by the day or by the hour.",
    },
    "not_allowed": {
        "nl": "Deze reservering wordt in i-Reserve gewijzigd, niet in de agenda.",
        "en": "This booking is changed in i-Reserve, not in the calendar.",
    },
    "activity": {
        "nl": "Een reservering van een activiteit wordt in i-Reserve verplaatst.",
        "en": "A booking of an activity is moved in i-Reserve.",
    },
    "object_change": {
        "nl": "Een ander object kiezen kan alleen in i-Reserve.",
        "en": "Another object can only be chosen in i-Reserve.",
    },
    "which_object": {
        "nl": "Geen reservering: zet het object met een # in de titel of locatie, bijvoorbeeld #Baan 3.",
        "en": "No booking: name the object with a # in title or location, such as #Court 3.",
    },
    "occupied": {
        "nl": "Deze tijd is bezet door een reservering in een andere agenda; wijzig die daar.",
        "en": "This time is taken by a booking in another calendar; change it there.",
    },
    "booking_moved": {
        "nl": "De reservering is in i-Reserve verplaatst.",
        "en": "The booking was moved in i-Reserve.",
    },
    "booking_cancelled": {
        "nl": "De reservering is in i-Reserve geannuleerd.",
        "en": "The booking was cancelled in i-Reserve.",
    },
    "other": {
        "nl": "i-Reserve weigert deze wijziging.",
        "en": "i-Reserve refused this change.",
    },
}


def sentence(category: str, language: str) -> str:
    """Return the sentence for a category of refusal; an unknown category gets the general sentence."""
    return SENTENCES.get(category, SENTENCES["other"])[language]


def notice(category: str, language: str, now: Clock) -> str:
    """Return the notice: the dated line under the service's line of an event."""
    return f"{NOTICE_SIGN} {now:%d-%m-%Y %H:%M} {sentence(category, language)}"
