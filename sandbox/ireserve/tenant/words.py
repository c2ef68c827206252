"""i-Reserve's sentences in its two languages."""

WORDS = {
    "not_available": ("Het gekozen tijdvak is niet beschikbaar", "The selected period is not available"),
    "unknown_object": ("Het object bestaat niet", "The object does not exist"),
    "period_order": ("De einddatum ligt voor de begindatum", "The period ends before it starts"),
    "closed": ("Het object is gesloten in dit tijdvak", "The object is closed in this period"),
    "places": ("Het aantal plaatsen is niet geldig", "The number of places is not valid"),
    "unknown_status": ("De status bestaat niet", "The status does not exist"),
    "status_change": ("Deze statuswijziging is niet toegestaan", "This change of status is not allowed"),
    "unknown_customer": ("De klant bestaat niet", "The customer does not exist"),
    "unknown_booking": ("De reservering bestaat niet", "The booking does not exist"),
    "unknown_event": ("De activiteit bestaat niet", "The activity does not exist"),
    "event_full": ("De activiteit is vol", "The activity is full"),
    "activity_only": (
        "Dit product wordt alleen per activiteit geboekt",
        "This product is booked by activity only",
    ),
    "resource_taken": ("Het tijdvak is niet beschikbaar", "The period is not available"),
    "event_booking": (
        "Een reservering van een activiteit kan niet worden verplaatst",
        "A booking of an activity cannot be moved",
    ),
    "bad_date": ("De datum is niet geldig", "The date is not valid"),
    "bad_value": ("De waarde is niet geldig", "The value is not valid"),
    "mandatory": ("Een verplicht veld ontbreekt", "A mandatory field is missing"),
    "external_id_taken": ("Het externe id is al in gebruik", "The external id is already in use"),
    "external_id_long": ("Het externe id is te lang", "The external id is too long"),
    "booking_made": ("Reservering gemaakt", "Booking made"),
    "booking_possible": ("De reservering is mogelijk", "The booking is possible"),
    "customer_saved": ("Klant opgeslagen", "Customer saved"),
    "customer_valid": ("Klant is geldig", "Customer is valid"),
    "no_name": ("Achternaam is verplicht", "Last name is mandatory"),
}


def word(key: str, language: str) -> str:
    """Return the sentence in Dutch, or in English for `english` and `en`."""
    return WORDS[key][1 if language.lower() in ("english", "en") else 0]
