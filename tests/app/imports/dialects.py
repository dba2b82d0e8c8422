# ruff: noqa: E501, E731, RUF001 - tables of headers are read by the line
"""How tools and hands write the same guests: every kind of file in several generations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.imports.table import Table
from tests.app.imports.guests import Registrant, guest_list, table_of

Cell = Callable[[Registrant], str]


class Dialect(NamedTuple):
    """One file: its table, and which of the facts it tells."""

    name: str
    table: Table
    guests: Sequence[Registrant]
    firm: bool = True
    state: bool = True
    presence: bool = True
    consent: bool = False
    labels: Mapping[str, Cell] = {}


def constant(value: str) -> Cell:
    return lambda guest: value


def by_state(comes: str, cancelled: str, pending: str) -> Cell:
    told = {"comes": comes, "cancelled": cancelled, "pending": pending}
    return lambda guest: told[guest.state]


def flag(yes: str, no: str) -> Cell:
    return lambda guest: yes if guest.is_there else no


def consent(yes: str, no: str) -> Cell:
    return lambda guest: yes if guest.consents else no


NUMBER: Cell = lambda g: str(g.number)
FIRST: Cell = lambda g: g.first
LAST: Cell = lambda g: g.last
NAME: Cell = lambda g: g.name
EMAIL: Cell = lambda g: g.email
FIRM: Cell = lambda g: g.firm
OFFERS: Cell = lambda g: g.offers
NEEDS: Cell = lambda g: g.needs
TOWN: Cell = lambda g: g.town
BUYER: Cell = lambda g: f"Buyer {g.number % 3}"
BUYER_EMAIL: Cell = lambda g: f"buyer{g.number % 3}@shop.example"
ROLE: Cell = lambda g: ("Baker", "Weaver")[g.number % 2]
NONE = constant("")
Columns = Sequence[tuple[str, Cell]]


def written(columns: Columns, guests: Sequence[Registrant]) -> Table:
    return table_of(
        [name for name, _ in columns], [[cell(g) for _, cell in columns] for g in guests]
    )


def renamed(columns: Columns, names: Mapping[str, str]) -> Columns:
    return [(names.get(name, name), cell) for name, cell in columns]


def eventbrite() -> Iterator[Dialect]:
    columns: Columns = [
        ("Order #", lambda g: f"77{g.number // 3}"), ("Order Date", constant("11/29/24 22:28")),
        ("First Name", FIRST), ("Last Name", LAST), ("Email", EMAIL), ("Quantity", constant("1")),
        ("Price Tier", NONE), ("Ticket Type", constant("General Admission")),
        ("Attendee #", lambda g: str(9000 + g.number)), ("Group", NONE),
        ("Order Type", constant("Free Order")), ("Currency", constant("EUR")),
        ("Total Paid", constant("0.00")), ("Fees Paid", constant("0.00")),
        ("Eventbrite Fees", constant("0.00")), ("Eventbrite Payment Processing", constant("0.00")),
        ("Attendee Status", by_state("Attending", "Not Attending", "Pending")),
        ("Home Address 1", NONE), ("Home City", NONE), ("Home Country", constant("DE")),
        ("What can you offer to others?", OFFERS), ("What are you looking for?", NEEDS),
        ("Which village are you from?", TOWN), ("Job Title", ROLE), ("Company", FIRM),
    ]  # fmt: skip
    labels = {"Which village are you from?": TOWN, "Job Title": ROLE}
    some = guest_list(30)
    yield Dialect("report", written(columns, some), some, presence=False, labels=labels)
    buyers: Columns = [
        ("Buyer First Name", BUYER),
        ("Buyer Last Name", BUYER),
        ("Buyer Email", BUYER_EMAIL),
    ]
    yield Dialect(
        "with buyers", written([*buyers, *columns], some), some, presence=False, labels=labels
    )
    checked = by_state("Attending", "Deleted", "Transferred")
    scanned: Cell = lambda g: "Checked In" if g.is_there else checked(g)
    other = [(n, scanned if n == "Attendee Status" else c) for n, c in reversed(columns)]
    yield Dialect("scanned, turned round", written(other, some), some, labels=labels)


def pretix() -> Iterator[Dialect]:
    columns: Columns = [
        ("Event slug", constant("moss")), ("Order code", lambda g: f"AB{g.number // 2}C"),
        ("Position ID", lambda g: str(1 + g.number % 2)),
        ("Status", by_state("paid", "canceled", "pending")), ("Email", BUYER_EMAIL),
        ("Phone number", NONE), ("Order date", constant("2027-01-02")), ("Order time", constant("10:00:00")),
        ("Product", constant("Ticket")), ("Variation", NONE), ("Price", constant("0.00")),
        ("Tax rate", constant("0.00")), ("Tax rule", NONE), ("Tax value", constant("0.00")),
        ("Attendee name", NAME), ("Attendee name: Given name", FIRST), ("Attendee name: Family name", LAST),
        ("Attendee email", EMAIL), ("Company", FIRM), ("Address", NONE), ("ZIP code", NONE), ("City", TOWN),
        ("Country", constant("DE")), ("State", NONE), ("Voucher", NONE),
        ("Pseudonymization ID", lambda g: f"PSEUDO{g.number}"), ("Seat ID", NONE), ("Seat number", NONE),
        ("Order comment", NONE), ("Follow-up date", NONE), ("What can you offer?", OFFERS),
        ("What are you looking for?", NEEDS), ("Company", constant("Invoice Payers Inc")),
        ("Invoice address name", BUYER), ("VAT ID", NONE), ("Sales channel", constant("web")),
        ("Order locale", constant("en")), ("E-mail address verified", constant("No")),
        ("Payment providers", constant("free")),
    ]  # fmt: skip
    labels = {"City": TOWN}
    some = guest_list(24)
    yield Dialect("english", written(columns, some), some, presence=False, labels=labels)
    german = {
        "Event slug": "Veranstaltungskürzel", "Order code": "Bestellnummer", "Position ID": "Positions-ID",
        "Email": "E-Mail", "Phone number": "Telefonnummer", "Order date": "Bestelldatum",
        "Order time": "Bestellzeit", "Product": "Produkt", "Variation": "Variante", "Price": "Preis",
        "Tax rate": "Steuersatz", "Tax rule": "Steuerregel", "Tax value": "Steuerbetrag",
        "Attendee name": "Name des Teilnehmers", "Attendee name: Given name": "Name des Teilnehmers: Vorname",
        "Attendee name: Family name": "Name des Teilnehmers: Nachname",
        "Attendee email": "E-Mail-Adresse des Teilnehmers", "Company": "Firma", "City": "Ort", "State": "Bundesland",
        "Pseudonymization ID": "Pseudonymisierungs-ID", "Order comment": "Bestellkommentar",
        "Invoice address name": "Rechnungsadresse Name", "Order locale": "Bestellsprache",
        "What can you offer?": "Was kannst du bieten?", "What are you looking for?": "Was suchst du?",
    }  # fmt: skip
    states = by_state("bezahlt", "storniert", "ausstehend")
    translated = [(n, states if n == "Status" else c) for n, c in renamed(columns, german)]
    yield Dialect("german", written(translated, some), some, presence=False, labels={"Ort": TOWN})
    french = {
        "Order code": "Code de commande", "Position ID": "ID de position", "Status": "Statut", "Email": "Courriel",
        "Attendee name": "Nom du participant", "Attendee name: Given name": "Nom du participant : Prénom",
        "Attendee name: Family name": "Nom du participant : Nom de famille",
        "Attendee email": "Adresse e-mail du participant", "Company": "Entreprise", "City": "Ville",
        "Invoice address name": "Nom de facturation", "What can you offer?": "Que pouvez-vous offrir ?",
        "What are you looking for?": "Que cherchez-vous ?",
    }  # fmt: skip
    states = by_state("payé", "annulée", "en attente")
    translated = [(n, states if n == "Statut" else c) for n, c in renamed(columns, french)]
    yield Dialect("french", written(translated, some), some, presence=False, labels={"Ville": TOWN})
    parts = [(n, c) for n, c in columns if n not in ("Attendee name", "Email")]
    ticked: Columns = [
        ("May others pitch to you? – Yes", consent("Yes", "No")),
        ("May others pitch to you? – No", consent("No", "Yes")),
    ]
    yield Dialect(
        "parts alone, a column an answer",
        written([*parts, *ticked], some),
        some,
        presence=False,
        consent=True,
    )


def luma() -> Iterator[Dialect]:
    old: Columns = [
        ("api_id", lambda g: f"gst-{g.number:03}"), ("name", NAME), ("first_name", FIRST), ("last_name", LAST),
        ("email", EMAIL), ("phone_number", NONE), ("created_at", constant("2025-03-01T10:00:00.000Z")),
        ("approval_status", by_state("approved", "declined", "pending_approval")), ("custom_source", NONE),
        ("checked_in_at", flag("2025-04-01T18:03:00.000Z", "")), ("qr_code_url", lambda g: f"https://x.example/{g.number}"),
        ("amount", constant("$0.00")), ("amount_tax", constant("$0.00")), ("amount_discount", constant("$0.00")),
        ("currency", NONE), ("coupon_code", NONE), ("eth_address", NONE), ("solana_address", NONE),
        ("survey_response_rating", NONE), ("survey_response_feedback", NONE),
        ("ticket_type_id", constant("tt-1")), ("ticket_name", constant("Standard")),
        ("What company do you work for?", FIRM), ("What can you offer?", OFFERS), ("What do you need?", NEEDS),
        ("Favourite moss", TOWN),
    ]  # fmt: skip
    labels = {"Favourite moss": TOWN}
    some = guest_list(40)
    yield Dialect("until 2025", written(old, some), some, labels=labels)
    utm: Columns = [
        (f"utm_{part}", NONE) for part in ("source", "medium", "campaign", "term", "content")
    ]
    clicks: Columns = [
        (f"{who}_click_id", NONE)
        for who in ("google", "meta", "x", "linkedin", "tiktok", "reddit", "yandex")
    ]
    new = [
        ("guest_id", old[0][1]),
        *old[1:8],
        old[9],
        *utm,
        *clicks,
        ("referrer", NONE),
        ("referred_by", NONE),
        *old[10:],
    ]
    yield Dialect("late 2026", written(new, some), some, labels=labels)
    states = by_state("approved", "invited", "waitlist")
    unnamed = [(n, states if n == "approval_status" else c) for n, c in new if n != "name"]
    pitches: Columns = [("Are you open to sales pitches?", consent("Yes", ""))]
    yield Dialect(
        "names in parts", written([*pitches, *unnamed], some), some, labels=labels, consent=True
    )
    trailing = [(f"{n} ", (lambda g, c=c: f"{c(g)}  ")) for n, c in new]
    yield Dialect("trailing blanks", written(trailing, some), some, labels=labels)


def indico() -> Iterator[Dialect]:
    columns: Columns = [
        ("ID", NUMBER), ("Name", NAME), ("Email Address", EMAIL), ("Affiliation", FIRM),
        ("Position", ROLE), ("Village", TOWN), ("What do you offer?", OFFERS), ("What are you looking for?", NEEDS),
        ("Accommodation (Arrival)", constant("2027-03-01")), ("Accommodation (Departure)", constant("2027-03-04")),
        ("Registration date", constant("2027-01-01T10:00:00")),
        ("Registration state", by_state("Completed", "Withdrawn", "Unpaid")), ("Price", constant("0")),
        ("Checked in", flag("Yes", "No")), ("Check-in date", flag("2027-03-01 09:12", "")), ("Payment date", NONE),
    ]  # fmt: skip
    labels = {"Position": ROLE, "Village": TOWN}
    some = guest_list(15)
    yield Dialect("all columns", written(columns, some), some, labels=labels)
    few = [c for c in columns if c[0] not in ("Checked in", "Price", "Payment date")]
    yield Dialect("without check-in flag, rejected", written(few[::-1], some), some, labels=labels)
    french = {
        "Name": "Nom",
        "Email Address": "Adresse électronique",
        "Affiliation": "Établissement",
        "Registration state": "État",
        "Checked in": "Enregistré",
    }
    translated = renamed(columns, french)
    yield Dialect("french titles", written(translated, some), some, labels=labels)


def google_forms() -> Iterator[Dialect]:
    columns: Columns = [
        ("Timestamp", constant("3/1/2027 10:00:00")), ("Email Address", EMAIL), ("What is your name?", NAME),
        ("Which company do you work for?", FIRM), ("What can you offer?", OFFERS), ("What are you looking for?", NEEDS),
        ("Do you have any dietary needs?", TOWN), ("May others pitch to you?", consent("Yes, gladly", "No")),
        ("How did you hear about us, and is there anything at all that we could do to make the evening a pleasure for everybody?", TOWN),
    ]  # fmt: skip
    labels = {"Do you have any dietary needs?": TOWN}
    some = guest_list(18)
    facts: dict[str, Any] = {"state": False, "presence": False, "consent": True}
    yield Dialect("english", written(columns, some), some, labels=labels, **facts)
    german = dict(zip([n for n, _ in columns], (
        "Zeitstempel", "E-Mail-Adresse", "Wie heißt du?", "In welcher Firma arbeitest du?", "Was kannst du anderen bieten?",
        "Was suchst du?", "Hast du besondere Bedürfnisse beim Essen?", "Dürfen andere dir etwas pitchen?", "Sonst noch etwas?",
    ), strict=True))  # fmt: skip
    answers = consent("Ja, gerne", "Nein")
    translated = [(german[n], answers if "pitch" in n else c) for n, c in columns]
    yield Dialect(
        "german", written(translated, some), some, labels={german[columns[6][0]]: TOWN}, **facts
    )
    french = (
        "Horodateur",
        "Adresse e-mail",
        "Nom et prénom",
        "Votre entreprise",
        "Que pouvez-vous apporter aux autres ?",
        "Que cherchez-vous ?",
        "Un régime alimentaire ?",
        "Acceptez-vous de recevoir des pitchs ?",
        "Autre chose ?",
    )
    answers = consent("Oui", "Non")
    translated = [
        (f, answers if "pitch" in n else c) for f, (n, c) in zip(french, columns, strict=True)
    ]
    yield Dialect("french", written(translated, some), some, labels={french[6]: TOWN}, **facts)
    spanish = (
        "Marca temporal",
        "Dirección de correo electrónico",
        "Nombre y apellidos",
        "Empresa",
        "¿Qué puedes ofrecer?",
        "¿Qué buscas?",
        "¿Alergias?",
        "¿Aceptas recibir pitches?",
        "¿Algo más?",
    )
    answers = consent("Sí", "")
    translated = [
        (f, answers if "pitch" in n else c) for f, (n, c) in zip(spanish, columns, strict=True)
    ]
    yield Dialect("spanish", written(translated, some), some, labels={spanish[6]: TOWN}, **facts)


def tito() -> Iterator[Dialect]:
    columns: Columns = [
        ("Number", NUMBER), ("Ticket Created Date", constant("2027-01-01")), ("Ticket", constant("Early Bird")),
        ("Ticket Full Name", NAME), ("Ticket First Name", FIRST), ("Ticket Last Name", LAST), ("Ticket Email", EMAIL),
        ("Ticket Company Name", FIRM), ("Ticket Phone Number", NONE), ("Event", constant("Moss Day")),
        ("Void Status", by_state("false", "true", "true")), ("Price", constant("0.00")),
        ("Ticket Reference", lambda g: f"QX{g.number // 2}-{g.number % 2 + 1}"), ("Tags", NONE),
        ("Unique Ticket URL", lambda g: f"https://t.example/{g.number}"), ("Unique Order URL", constant("https://t.example/o")),
        ("Order Reference", lambda g: f"QX{g.number // 2}"), ("Order Name", BUYER), ("Order Email", BUYER_EMAIL),
        ("Order Company Name", constant("Payers Ltd")), ("Order Completed Date", constant("2027-01-01")),
        ("Payment Reference", NONE), ("What can you offer?", OFFERS), ("What are you looking for?", NEEDS), ("Village", TOWN),
    ]  # fmt: skip
    labels = {"Village": TOWN}
    some = guest_list(26)
    yield Dialect("tickets", written(columns, some), some, presence=False, labels=labels)
    yield Dialect("turned round", written(columns[::-1], some), some, presence=False, labels=labels)
    parts = [c for c in columns if c[0] != "Ticket Full Name"]
    checkin: Columns = [
        ("Checked In At", flag("2027-03-01 09:00 UTC", "")),
        ("Pitches welcome", consent("yes", "")),
    ]
    yield Dialect(
        "parts and check-in", written([*parts, *checkin], some), some, labels=labels, consent=True
    )


def hi_events() -> Iterator[Dialect]:
    columns: Columns = [
        ("ID", NUMBER), ("First Name", FIRST), ("Last Name", LAST), ("Email", EMAIL),
        ("Status", by_state("ACTIVE", "CANCELLED", "AWAITING_PAYMENT")), ("Is Checked In", flag("Yes", "No")),
        ("Checked In At", flag("2027-03-01 09:00:00", "")), ("Product ID", constant("4")),
        ("Product Name", constant("Ticket")), ("Event ID", constant("12")), ("Public ID", lambda g: f"A-{g.number}"),
        ("Short ID", lambda g: f"a_{g.number}"), ("Created Date", constant("2027-01-01")),
        ("Last Updated Date", constant("2027-01-01")), ("Notes", NONE), ("Company", FIRM),
        ("What can you offer?", OFFERS), ("What are you looking for?", NEEDS), ("Village", TOWN),
    ]  # fmt: skip
    some = guest_list(21)
    yield Dialect("english", written(columns, some), some, labels={"Village": TOWN})
    german = {
        "First Name": "Vorname",
        "Last Name": "Nachname",
        "Email": "E-Mail",
        "Is Checked In": "Ist eingecheckt",
        "Checked In At": "Eingecheckt am",
        "Product ID": "Produkt-ID",
        "Product Name": "Produktname",
        "Event ID": "Veranstaltungs-ID",
        "Public ID": "Öffentliche ID",
        "Short ID": "Kurz-ID",
        "Created Date": "Erstellungsdatum",
        "Notes": "Notizen",
        "Company": "Unternehmen",
        "What can you offer?": "Was bieten Sie?",
        "What are you looking for?": "Was suchen Sie?",
        "Village": "Dorf",
    }
    translated = [
        (n, flag("Ja", "Nein") if n == "Ist eingecheckt" else c)
        for n, c in renamed(columns, german)
    ]
    yield Dialect("german", written(translated, some), some, labels={"Dorf": TOWN})
    spanish = {
        "First Name": "Nombre",
        "Last Name": "Apellido",
        "Email": "Correo electrónico",
        "Status": "Estado",
        "Is Checked In": "Está registrado",
        "Checked In At": "Registrado el",
        "Public ID": "ID público",
        "Company": "Empresa",
        "Village": "Pueblo",
    }
    states = by_state("Activo", "Cancelado", "Pendiente")
    translated = [
        (n, flag("Sí", "No") if n == "Está registrado" else states if n == "Estado" else c)
        for n, c in renamed(columns, spanish)
    ]
    yield Dialect("spanish", written(translated, some), some, labels={"Pueblo": TOWN})


def alf_io() -> Iterator[Dialect]:
    columns: Columns = [
        ("ID", lambda g: f"0c5a-{g.number:04}-4f"), ("creation", constant("2027-01-01 10:00")), ("category", constant("Standard")),
        ("event", constant("moss")), ("status", by_state("ACQUIRED", "CANCELLED", "PENDING")),
        ("originalPrice", constant("0")), ("paidPrice", constant("0")), ("reservationID", lambda g: f"r{g.number // 2}"),
        ("Name", NAME), ("E-Mail", EMAIL), ("locked", constant("false")), ("Language", lambda g: ("en", "de")[g.number % 2]),
        ("Company", FIRM), ("What do you offer?", OFFERS), ("Looking for", NEEDS), ("Village", TOWN),
    ]  # fmt: skip
    some = guest_list(17)
    labels = {"Village": TOWN, "Language": columns[11][1]}
    yield Dialect("all", written(columns, some), some, presence=False, labels=labels)
    scanned: Cell = lambda g: (
        "CHECKED_IN" if g.is_there else by_state("TO_BE_PAID", "EXPIRED", "PRE_RESERVED")(g)
    )
    later = [(n, scanned if n == "status" else c) for n, c in columns]
    yield Dialect("checked in", written(later, some), some, labels=labels)
    few = [columns[k] for k in (9, 8, 4, 0, 12, 13, 14, 15)]
    yield Dialect(
        "some of them", written(few, some), some, presence=False, labels={"Village": TOWN}
    )


def meetup() -> Iterator[Dialect]:
    columns: Columns = [
        ("Name", NAME), ("Attendance", flag("Attended", "")), ("User ID", lambda g: f"user {1000 + g.number}"),
        ("Title", NONE), ("Event Host", constant("No")), ("RSVP", by_state("Yes", "No", "Waitlist")),
        ("Guests", constant("0")), ("RSVPed on", constant("March 1, 2027 10:00 AM")),
        ("Joined Group on", constant("January 1, 2020")),
        ("URL of Member Profile", lambda g: f"https://m.example/{g.number}"), ("Notes", TOWN),
    ]  # fmt: skip
    some = [g._replace(email="", firm="") for g in guest_list(30)]
    facts: dict[str, Any] = {"firm": False, "labels": {"Notes": TOWN}}
    yield Dialect("full", written(columns, some), some, **facts)
    older = [c for c in columns if c[0] != "Attendance"]
    yield Dialect("before attendance", written(older, some), some, presence=False, **facts)
    titled = [
        (
            n,
            constant("Organizer")
            if n == "Title"
            else flag("Yes", "No show")
            if n == "Attendance"
            else c,
        )
        for n, c in columns
    ]
    yield Dialect("with titles", written(titled[::-1], some), some, **facts)


PLAIN: Mapping[str, Sequence[str]] = {
    "english": ("Name", "Company", "E-mail", "Offers", "Looking for", "Pitches welcome", "Village"),
    "german": ("Name", "Firma", "E-Mail", "Bietet", "Sucht", "Pitches erwünscht", "Dorf"),
    "german without umlauts": ("Vor- und Nachname", "Unternehmen", "Mailadresse", "Angebot", "Gesuch", "Einwilligung Pitches", "Dorf"),
    "french": ("Nom complet", "Société", "Courriel", "Propose", "Recherche", "Ouvert aux pitchs", "Village"),
    "spanish": ("Nombre completo", "Empresa", "Correo electrónico", "Ofrece", "Busca", "Consentimiento pitches", "Pueblo"),
    "italian": ("Nome e cognome", "Azienda", "Indirizzo e-mail", "Offre", "Cerca", "Consenso ai pitch", "Paese"),
    "dutch": ("Naam", "Bedrijf", "E-mailadres", "Biedt", "Zoekt", "Pitches welkom", "Dorp"),
    "polish": ("Imię i nazwisko", "Nazwa firmy", "Adres e-mail", "Oferuje", "Szuka", "Zgoda na pitche", "Wieś"),
    "portuguese": ("Nome completo", "Empresa", "Correio eletrónico", "Oferece", "Procura", "Consentimento pitches", "Aldeia"),
    "swedish": ("Namn", "Företag", "E-post", "Erbjuder", "Söker", "Samtycke pitchar", "By"),
    "danish": ("Navn", "Virksomhed", "Mail", "Tilbyder", "Søger", "Samtykke pitches", "Landsby"),
    "czech": ("Jméno a příjmení", "Společnost", "E-mail", "Nabízí", "Hledá", "Souhlas s pitchi", "Vesnice"),
    "shouting": ("NAME", "COMPANY_NAME", "EMAIL", "OFFER", "NEED", "WELCOMES_PITCHES", "VILLAGE"),
}  # fmt: skip
PARTS: Mapping[str, Sequence[str]] = {
    "german": ("Name", "Vorname", "Firma", "E-Mail", "Kommt"),
    "french": ("Nom", "Prénom", "Société", "Adresse mail", "Statut"),
    "spanish": ("Apellidos", "Nombre", "Empresa", "Correo", "Estado"),
    "italian": ("Cognome", "Nome", "Azienda", "E-mail", "Stato"),
    "dutch": ("Achternaam", "Voornaam", "Bedrijf", "Mail", "Status"),
    "polish": ("Nazwisko", "Imię", "Firma", "E-mail", "Status"),
    "portuguese": ("Apelido", "Nome", "Empresa", "E-mail", "Estado da inscrição"),
    "czech": ("Příjmení", "Jméno", "Firma", "E-mail", "Stav"),
    "danish": ("Efternavn", "Fornavn", "Firma", "E-mail", "Status"),
}  # fmt: skip


def plain_lists() -> Iterator[Dialect]:
    some = guest_list(12)
    cells = (NAME, FIRM, EMAIL, OFFERS, NEEDS, consent("x", ""), TOWN)
    for name, header in PLAIN.items():
        columns = [*zip(header, cells, strict=True)]
        facts: dict[str, Any] = {"state": False, "presence": False, "consent": True}
        yield Dialect(name, written(columns, some), some, labels={header[-1]: TOWN}, **facts)
        yield Dialect(
            f"{name}, turned",
            written(columns[::-1], some),
            some,
            labels={header[-1]: TOWN},
            **facts,
        )
    states = {
        "german": ("ja", "nein", "Warteliste"), "french": ("confirmé", "annulé", "en attente"),
        "spanish": ("confirmado", "cancelado", "pendiente"), "italian": ("confermato", "annullato", "in attesa"),
        "dutch": ("bevestigd", "geannuleerd", "wachtlijst"), "polish": ("potwierdzone", "anulowane", "oczekuje"),
        "portuguese": ("confirmado", "cancelado", "pendente"), "czech": ("potvrzeno", "zrušeno", "čeká"),
        "danish": ("bekræftet", "annulleret", "afventer"),
    }  # fmt: skip
    for name, header in PARTS.items():
        parts = (LAST, FIRST, FIRM, EMAIL, by_state(*states[name]))
        table = written([*zip(header, parts, strict=True)], some)
        yield Dialect(f"{name}, names in parts", table, some, presence=False)


def unknown_tools() -> Iterator[Dialect]:
    some = guest_list(14)
    columns: Columns = [
        ("registrant.uuid", lambda g: f"u-{g.number}"), ("registrant.givenName", FIRST), ("registrant.familyName", LAST),
        ("registrant.emailAddress", EMAIL), ("registrant.organisationName", FIRM),
        ("registrant.registrationStatus", by_state("CONFIRMED", "WITHDRAWN", "WAITLISTED")),
        ("registrant.checkedInAt", flag("2027-03-01T09:00:00Z", "")), ("custom.village", TOWN),
        ("billing.emailAddress", BUYER_EMAIL), ("billing.name", BUYER),
    ]  # fmt: skip
    yield Dialect("dotted camels", written(columns, some), some, labels={"custom.village": TOWN})
    columns = [
        ("Badge ID", NUMBER), ("Participant - First name", FIRST), ("Participant - Last name", LAST),
        ("Participant - E-mail", EMAIL), ("Participant - Company", FIRM), ("Booked by: name", BUYER), ("Booked by: e-mail", BUYER_EMAIL),
        ("Cancelled?", by_state("", "Yes", "Yes")), ("Present?", flag("✓", "")), ("Village", TOWN),
        ("Consent to photos", constant("Yes")), ("I accept the privacy policy", constant("Yes")),
    ]  # fmt: skip
    yield Dialect(
        "bookings",
        written(columns, some),
        some,
        labels={"Village": TOWN, "Consent to photos": constant("Yes")},
    )
    columns = [
        ("Ticketnummer", lambda g: f"T{g.number}"), ("Teilnehmer/in", NAME), ("Kontakt", EMAIL), ("Arbeitgeber", FIRM),
        ("Buchungsstatus", by_state("gebucht", "storniert", "auf Warteliste")), ("Anwesend", flag("ja", "nein")),
        ("Käufer", BUYER), ("Käufer E-Mail", BUYER_EMAIL), ("Rechnungsfirma", constant("Zahler AG")), ("Dorf", TOWN),
        ("Pitchen andere? [Einwilligung]", NONE), ("Offen für Pitches", consent("Ja", "Nein")),
    ]  # fmt: skip
    yield Dialect(
        "german box office", written(columns, some), some, labels={"Dorf": TOWN}, consent=True
    )


KINDS = (
    eventbrite, pretix, luma, indico, google_forms, tito, hi_events, alf_io, meetup, plain_lists,
    unknown_tools,
)  # fmt: skip


def every_dialect() -> list[tuple[str, Dialect]]:
    """All of them, by a name that says which."""
    return [(f"{kind.__name__}: {d.name}", d) for kind in KINDS for d in kind()]
