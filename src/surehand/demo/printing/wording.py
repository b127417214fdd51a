"""How suppliers write: words of five languages, numbers, dates and sums as they stand on paper."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "PLN": "zl"}

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
#: thousands and decimals
_MARKS = {"en": (",", "."), "de": (".", ","), "fr": (" ", ","), "ch": ("'", "."), "bare": ("", ".")}


@dataclass(frozen=True, slots=True)
class Words:
    """What the parts of an invoice are called in one language."""

    title: str
    number: str
    date: str
    due: str
    customer: str
    delivery: str
    position: str
    description: str
    quantity: str
    price: str
    amount: str
    net: str
    tax: str
    total: str
    freight: str
    buyer: str
    seller: str
    page: str
    carried: str
    pay: str
    thanks: str
    clause: str
    week: str
    debit: str
    bank: str
    tax_number: str
    register: str


WORDS = {
    "en": Words(
        title="Invoice",
        number="Invoice no.",
        date="Invoice date",
        due="Due date",
        customer="Customer no.",
        delivery="Delivery note",
        position="#",
        description="Description",
        quantity="Qty",
        price="Unit price",
        amount="Amount",
        net="Subtotal",
        tax="VAT",
        total="Total due",
        freight="Freight and packing",
        buyer="Bill to",
        seller="From",
        page="Page {} of {}",
        carried="continued from page {}",
        pay="Please pay within {} days and quote the invoice number.",
        thanks="Thank you for your business.",
        clause="Goods remain our property until they are paid in full. Our terms of sale apply.",
        week="week",
        debit="Collected by direct debit.",
        bank="Bank details",
        tax_number="VAT no.",
        register="Registered in {}, no. {}",
    ),
    "de": Words(
        title="Rechnung",
        number="Rechnung Nr.",
        date="Rechnungsdatum",
        due="Zahlbar bis",
        customer="Kundennummer",
        delivery="Lieferschein",
        position="Pos.",
        description="Bezeichnung",
        quantity="Menge",
        price="Einzelpreis",
        amount="Betrag",
        net="Nettobetrag",
        tax="MwSt.",
        total="Gesamtbetrag",
        freight="Fracht und Verpackung",
        buyer="Rechnungsempfänger",
        seller="Lieferant",
        page="Seite {} von {}",
        carried="Fortsetzung von Seite {}",
        pay="Zahlbar innerhalb von {} Tagen ohne Abzug.",
        thanks="Wir danken für Ihren Auftrag.",
        clause="Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum. Es gelten unsere AGB.",
        week="KW",
        debit="Einzug per Lastschrift.",
        bank="Bankverbindung",
        tax_number="USt-IdNr.",
        register="Handelsregister {} HRB {}",
    ),
    "fr": Words(
        title="Facture",
        number="Facture n°",
        date="Date de facture",
        due="Échéance",
        customer="Code client",
        delivery="Bon de livraison",
        position="N°",
        description="Désignation",
        quantity="Qté",
        price="P.U. HT",
        amount="Montant HT",
        net="Total HT",
        tax="TVA",
        total="Total TTC",
        freight="Frais de port",
        buyer="Facturé à",
        seller="Émetteur",
        page="Page {} sur {}",
        carried="suite de la page {}",
        pay="Paiement à {} jours, sans escompte.",
        thanks="Merci de votre confiance.",
        clause="En cas de retard de paiement, indemnité forfaitaire de recouvrement de 40 euros.",
        week="sem.",
        debit="Par prélèvement.",
        bank="Coordonnées bancaires",
        tax_number="N° TVA",
        register="RCS {} {}",
    ),
    "nl": Words(
        title="Factuur",
        number="Factuurnummer",
        date="Factuurdatum",
        due="Vervaldatum",
        customer="Klantnummer",
        delivery="Pakbon",
        position="Nr.",
        description="Omschrijving",
        quantity="Aantal",
        price="Prijs",
        amount="Bedrag",
        net="Subtotaal",
        tax="BTW",
        total="Te betalen",
        freight="Vracht en verpakking",
        buyer="Factuur aan",
        seller="Van",
        page="Pagina {} van {}",
        carried="vervolg van pagina {}",
        pay="Gelieve binnen {} dagen te betalen onder vermelding van het factuurnummer.",
        thanks="Bedankt voor uw opdracht.",
        clause="Op al onze leveringen zijn onze algemene voorwaarden van toepassing.",
        week="wk",
        debit="Automatische incasso.",
        bank="Bankgegevens",
        tax_number="BTW-nr.",
        register="KvK {} {}",
    ),
    # An old system prints Polish without its marks; so does this one.
    "pl": Words(
        title="Faktura VAT",
        number="Faktura VAT nr",
        date="Data wystawienia",
        due="Termin platnosci",
        customer="Nr klienta",
        delivery="Nr dokumentu WZ",
        position="Lp.",
        description="Nazwa towaru",
        quantity="Ilosc",
        price="Cena netto",
        amount="Wartosc",
        net="Razem netto",
        tax="VAT",
        total="Do zaplaty",
        freight="Transport",
        buyer="Nabywca",
        seller="Sprzedawca",
        page="Strona {} z {}",
        carried="ciag dalszy ze strony {}",
        pay="Platne przelewem w terminie {} dni.",
        thanks="Dziekujemy za wspolprace.",
        clause="Towar pozostaje wlasnoscia sprzedawcy do chwili zaplaty.",
        week="tydz.",
        debit="Polecenie zaplaty.",
        bank="Rachunek bankowy",
        tax_number="NIP",
        register="KRS {} {}",
    ),
}


def number_text(value: Decimal, marks: str) -> str:
    """Two decimals: 1,234.56 (en), 1.234,56 (de), 1 234,56 (fr), 1'234.56 (ch), 1234.56 (bare)."""
    thousands, point = _MARKS[marks]
    whole, _, rest = f"{value:,.2f}".partition(".")
    return whole.replace(",", thousands) + point + rest


def quantity_text(value: Decimal, marks: str) -> str:
    """Without decimals where there are none."""
    if value == value.to_integral_value():
        return f"{value:.0f}"
    return number_text(value, marks)


def sum_text(value: Decimal, currency: str, marks: str, manner: str) -> str:
    """A sum with its currency.

    manner  `code number`, `number code`, `signnumber`, `sign number`, `number sign`, or `number` alone
    """
    words = {"code": currency, "sign": SIGNS[currency], "number": number_text(value, marks)}
    for name, word in words.items():
        manner = manner.replace(name, "{" + name + "}") if word else manner
    return manner.format(**words)


def date_text(day: date, manner: str, language: str = "en") -> str:
    """A day as printed.

    manner  letters of `d dd m mm mon month yy yyyy` with what stands between them, as in `d mon yyyy`
    """
    month = _MONTHS.get(language, _MONTHS["en"]).split()[day.month - 1]
    parts = {
        "yyyy": f"{day.year}",
        "yy": f"{day.year % 100:02d}",
        "month": month,
        "mon": month[:3],
        "mm": f"{day.month:02d}",
        "dd": f"{day.day:02d}",
        "d": f"{day.day}",
    }
    text, at = "", 0
    while at < len(manner):
        part = next((name for name in parts if manner.startswith(name, at)), None)
        text += parts[part] if part else manner[at]
        at += len(part) if part else 1
    return text
