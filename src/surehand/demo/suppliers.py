"""Who writes to Halden & Moor: suppliers that do not exist, how their paper looks, and what they sell."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Profile:
    """A supplier as its paper shows it.

    trade      what it sells: a key of GOODS
    layout     of its paper: a key of `layouts.LAYOUTS`
    numbering  of its invoices: `#` is a digit, `{yy}` and `{yyyy}` the year
    marks, dates, manner
               how it writes numbers, days and sums, see `wording`
    rate       tax in percent
    order      what it calls the buyer's order number
    place      country of its bank
    hides      fields of the truth that its paper does not print: `due_date`, `iban`
    """

    name: str
    address: tuple[str, ...]
    tax_number: str
    trade: str
    layout: str
    numbering: str
    order: str
    web: str
    phone: str
    currency: str = "EUR"
    language: str = "en"
    marks: str = "en"
    dates: str = "d mon yyyy"
    manner: str = "code number"
    rate: str = "23"
    terms: int = 30
    place: str = "IE"
    hides: tuple[str, ...] = ()


_COUNTRIES = {
    "AT": {"language": "de", "marks": "de", "dates": "dd.mm.yyyy", "manner": "code number", "rate": "20"},
    "BE": {"language": "fr", "marks": "fr", "dates": "dd/mm/yyyy", "manner": "number sign", "rate": "21"},
    "CH": {"language": "de", "marks": "ch", "dates": "d. month yyyy", "manner": "code number", "rate": "8.1"},
    "DE": {"language": "de", "marks": "de", "dates": "dd.mm.yyyy", "manner": "number sign", "rate": "19"},
    "DK": {"language": "en", "marks": "de", "dates": "yyyy-mm-dd", "manner": "number code", "rate": "25"},
    "ES": {"language": "en", "marks": "de", "dates": "dd/mm/yyyy", "manner": "number sign", "rate": "21"},
    "FR": {"language": "fr", "marks": "fr", "dates": "dd/mm/yyyy", "manner": "number sign", "rate": "20"},
    "GB": {"language": "en", "marks": "en", "dates": "d mon yyyy", "manner": "signnumber", "rate": "20"},
    "IE": {"language": "en", "marks": "en", "dates": "d mon yyyy", "manner": "signnumber", "rate": "23"},
    "IT": {"language": "en", "marks": "de", "dates": "dd/mm/yyyy", "manner": "sign number", "rate": "22"},
    "LU": {"language": "fr", "marks": "fr", "dates": "dd.mm.yyyy", "manner": "number code", "rate": "17"},
    "NL": {"language": "nl", "marks": "de", "dates": "dd-mm-yyyy", "manner": "sign number", "rate": "21"},
    "PL": {"language": "pl", "marks": "fr", "dates": "yyyy-mm-dd", "manner": "number code", "rate": "23"},
    "US": {"language": "en", "marks": "en", "dates": "mm/dd/yyyy", "manner": "signnumber", "rate": "0"},
}


def _of(country: str, name: str, address: str, rest: str, **more: str | int | tuple[str, ...]) -> Profile:
    """rest: tax number, trade, layout, numbering, order label, web, phone, parted by bars."""
    tax_number, trade, layout, numbering, order, web, phone = rest.split("|")
    profile = Profile(
        name, tuple(address.split("|")), tax_number, trade, layout, numbering, order, web, phone,
        place="IE" if country == "US" else country,
    )  # fmt: skip
    return replace(profile, **{**_COUNTRIES[country], **more})  # type: ignore[arg-type]


PROFILES: tuple[Profile, ...] = (
    _of("IE", "Corrib Office Supplies Ltd", "Unit 7, Kilbarry Park|Cork|Ireland",
        "IE0000417TX|office|harbour|INV-{yyyy}-####|Your order|corriboffice.example|+353 21 555 0142"),
    _of("IE", "Tidewater Print Studio", "3 Sailmaker Row|Galway|Ireland",
        "IE0000882TX|print|atelier|TW####|Order ref.|tidewaterprint.example|+353 91 555 0178", terms=14),
    _of("IE", "Brennan & Daughters Catering", "The Old Dairy, Mill Road|Kinsale, Co. Cork|Ireland",
        "IE0000231TX|catering|crest|##-###|P.O. number|brennancatering.example|+353 21 555 0119",
        dates="d month yyyy", manner="code number", terms=14, rate="13.5",
        hides=("iban",)),
    _of("IE", "Lantern Facility Services Ltd", "18 Custom Quay|Limerick|Ireland",
        "IE0000655TX|cleaning|banner|LFS/####/{yy}|Purchase order|lanternfs.example|+353 61 555 0133",
        dates="dd/mm/yyyy"),
    _of("IE", "Moyle Data Systems DAC", "Block C, Eastgate Campus|Dublin 99|Ireland",
        "IE0000904TX|computing|swiss|M-######|PO number|moyledata.example|+353 1 555 0166",
        dates="yyyy-mm-dd", manner="sign number"),
    _of("DE", "Brandt Labortechnik GmbH", "Auf der Höhe 12|34119 Kassel|Deutschland",
        "DE000017735|lab|din|RE-{yyyy}-#####|Ihre Bestellung|brandt-labor.example|+49 561 5550 140"),
    _of("DE", "Voss Verbindungselemente KG", "Schmiedestraße 41|58095 Hagen|Deutschland",
        "DE000063318|fasteners|foundry|{yyyy}######|Bestellnummer|voss-verbindung.example|+49 2331 5550 20"),
    _of("DE", "Lindenhof Messgeräte GmbH", "Lindenhof 3|79098 Freiburg|Deutschland",
        "DE000088204|lab|werk|LM ######|Bestell-Nr.|lindenhof-mess.example|+49 761 5550 77", manner="code number"),
    _of("DE", "Kranich Arbeitsschutz AG", "Hafenallee 9|28195 Bremen|Deutschland",
        "DE000029961|safety|banner|KA#####|Ihre Bestellnr.|kranich-schutz.example|+49 421 5550 31",
        dates="d. month yyyy"),
    _of("AT", "Steinalm Hydraulik GmbH", "Gewerbepark 22|5020 Salzburg|Österreich",
        "ATU00041772|hydraulics|din|{yy}/#####|Bestellung|steinalm.example|+43 662 5550 18"),
    _of("FR", "Ateliers Roche-Brune SARL", "14, rue des Tanneurs|69009 Lyon|France",
        "FR00000417735|metal|facture|FA{yy}####|Votre commande|roche-brune.example|+33 4 55 50 01 42", terms=45),
    _of("FR", "Papeterie du Vieux Port", "2, quai des Chantiers|13002 Marseille|France",
        "FR00000663182|office|atelier|F-{yyyy}-###|N° de commande|papeterievp.example|+33 4 55 50 01 88",
        dates="d month yyyy", hides=("due_date",)),
    _of("FR", "Clairval Instruments SAS", "Zone de la Garenne|31000 Toulouse|France",
        "FR00000882045|lab|spine|CI-#####|Commande n°|clairval.example|+33 5 55 50 01 36"),
    _of("BE", "Meunier Emballages SPRL", "Chaussée du Canal 88|5000 Namur|Belgique",
        "BE0000417735|packaging|facture|{yyyy}/####|Réf. commande|meunier-emb.example|+32 81 55 50 14"),
    _of("NL", "Van der Kade Verpakkingen B.V.", "Kadelaan 60|3011 ZZ Rotterdam|Nederland",
        "NL000041773B01|packaging|polder|{yyyy}####|Uw order|kadeverpakking.example|+31 10 555 0140"),
    _of("NL", "Duinzicht Techniek B.V.", "Industrieweg 5|1999 ZZ Heemskerk|Nederland",
        "NL000066318B01|electronics|kvadrat|DT-#####|Ordernummer|duinzicht.example|+31 251 555 012",
        manner="code number"),
    _of("NL", "Groene Hart Kantine", "Molendijk 18|2801 ZZ Gouda|Nederland",
        "NL000090415B01|catering|ledger|#####|Inkooporder|groenehartkantine.example|+31 182 555 070",
        terms=14, rate="9"),
    _of("ES", "Talleres Monteverde S.L.", "Calle del Yunque 7|48004 Bilbao|España",
        "ESX0004177A|metal|kvadrat|TM/{yy}/####|Your PO|monteverde.example|+34 945 550 142"),
    _of("IT", "Officine Bellandi S.r.l.", "Via delle Fucine 31|25100 Brescia|Italia",
        "IT00000417735|hydraulics|crest|{yyyy}-###/A|Your order no.|bellandi.example|+39 030 555 0140"),
    _of("LU", "Belair Formation Sàrl", "5, montée des Rosiers|L-0099 Luxembourg|Luxembourg",
        "LU00041773|training|polder|BF-{yyyy}-##|Bon de commande|belairformation.example|+352 55 50 14", terms=20),
    _of("DK", "Nordhavn Komponenter ApS", "Kajgade 12|0999 København|Danmark",
        "DK00041773|electronics|harbour|NK-######|PO|nordhavnkomp.example|+45 55 50 01 42"),
    _of("GB", "Ashdown Calibration Ltd", "Unit 4, Ferry Lane Works|Sheffield S99 9ZZ|United Kingdom",
        "GB 000 4177 35|calibration|spine|AC######|Your PO no.|ashdowncal.example|+44 114 496 0142", currency="GBP",
        hides=("due_date",)),
    _of("GB", "Thornley Paints & Coatings", "9 Dyehouse Street|Leeds LS99 9ZZ|United Kingdom",
        "GB 000 6631 82|paint|crest|T/####|Order number|thornleypaints.example|+44 113 496 0177", currency="GBP",
        dates="dd/mm/yy"),
    _of("GB", "Pennine Freight & Storage", "Gate 2, Canal Depot|Manchester M99 9ZZ|United Kingdom",
        "GB 000 9041 58|storage|ledger|PFS-#####|Customer PO|penninefreight.example|+44 161 496 0118",
        currency="GBP", manner="code number"),
    _of("CH", "Säntis Präzision AG", "Werkstrasse 8|9099 Sankt Gallen|Schweiz",
        "CHE-000.417.735|calibration|swiss|{yyyy}.####|Ihre Bestellung|saentis-praez.example|+41 71 555 01 42",
        currency="CHF"),
    _of("US", "Copperfield Sensor Corp.", "1800 Old Foundry Road|Dayton, OH 00099|USA",
        "EIN 00-0041773|electronics|ticket|#######|P.O. #|copperfieldsensor.example|+1 937 555 0142",
        currency="USD", hides=("iban",)),
    _of("US", "Juniper Ridge Software Inc.", "400 Juniper Ridge, Suite 210|Boulder, CO 00098|USA",
        "EIN 00-0066318|computing|atelier|JR-{yyyy}-####|PO number|juniperridge.example|+1 303 555 0178",
        currency="USD", terms=15, dates="mon d, yyyy"),
    _of("PL", "Zaklady Metalowe Orlik Sp. z o.o.", "ul. Kolejowa 27|99-099 Katowice|Polska",
        "PL0000417735|metal|faktura|FV/####/{yyyy}|Nr zamowienia|zmorlik.example|+48 32 555 01 42",
        currency="PLN"),
    _of("PL", "Bursztyn Opakowania S.A.", "ul. Portowa 3|99-080 Gdynia|Polska",
        "PL0000663182|packaging|faktura|{yyyy}/##/####|Zamowienie nr|bursztyn-opak.example|+48 58 555 01 77",
        marks="de", dates="dd.mm.yyyy"),
)  # fmt: skip

#: They are in nobody's books.
STRANGERS: tuple[Profile, ...] = (
    _of("IE", "Ballinter Event Hire", "Ballinter Cross|Navan, Co. Meath|Ireland",
        "IE0000556TX|catering|harbour|BEH-####|Your order|ballinterhire.example|+353 46 555 0121"),
    _of("DE", "Falkenried Werbemittel GmbH", "Falkenried 70|20251 Hamburg|Deutschland",
        "DE000071190|print|werk|FW-{yy}-####|Ihre Bestellung|falkenried.example|+49 40 5550 612"),
    _of("NL", "Studio Waterlijn", "Oude Werf 2|4381 ZZ Vlissingen|Nederland",
        "NL000071190B01|print|kvadrat|{yyyy}-###|Uw referentie|studiowaterlijn.example|+31 118 555 031"),
)  # fmt: skip

#: trade -> budget, then goods: name, price from, price to, most bought at once
GOODS: dict[str, tuple[str, tuple[tuple[str, float, float, int], ...]]] = {
    "office": ("Office", (("Copy paper A4 80 g, box", 21, 29, 20), ("Lever arch file 80 mm", 2.1, 3.9, 60),
        ("Toner cartridge TN-410 black", 58, 94, 8), ("Whiteboard marker set of 8", 7, 12, 20),
        ("Office chair Vela, mesh back", 189, 265, 6), ("Document shredder P-4", 149, 219, 2),
        ("Label roll 62 mm", 9, 15, 24), ("Desk lamp LED, dimmable", 39, 64, 8))),
    "print": ("Marketing", (("Brochure A5, 24 pages, 1,000 pcs", 690, 920, 3), ("Roll-up banner 85 x 200 cm", 89, 129, 6),
        ("Business cards, set of 250", 34, 49, 12), ("Trade fair wall, printed fabric", 840, 1190, 2),
        ("Product sheet A4, 500 pcs", 145, 210, 6), ("Design hours", 62, 78, 16))),
    "catering": ("Office", (("Lunch buffet per person", 14, 22, 60), ("Coffee beans, 5 kg", 68, 89, 6),
        ("Fruit basket, large", 38, 52, 8), ("Meeting sandwiches, tray", 46, 64, 10),
        ("Still water, crate of 12", 8, 12, 20), ("Service staff, hours", 26, 34, 16))),
    "cleaning": ("Facilities", (("Office cleaning, month", 890, 1290, 1), ("Window cleaning, visit", 240, 330, 2),
        ("Hand towels, carton", 24, 36, 20), ("Floor care, hall B, per m2", 1.4, 2.2, 640),
        ("Waste collection, container", 84, 126, 4), ("Caretaker hours", 29, 38, 24))),
    "computing": ("IT", (("Laptop 14 in, 32 GB", 1090, 1390, 4), ("Docking station USB-C", 159, 219, 6),
        ("Backup storage, TB per month", 9, 14, 80), ("Support plan, seat per year", 79, 118, 20),
        ("Monitor 27 in, QHD", 269, 349, 6), ("Network switch 24-port", 390, 540, 2))),
    "lab": ("Laboratory", (("Pipette tips 200 µl, box of 960", 41, 62, 20), ("Nitrile gloves M, carton", 58, 84, 10),
        ("pH electrode, gel filled", 129, 178, 4), ("Beaker 250 ml, set of 12", 46, 69, 6),
        ("Analytical balance service", 310, 420, 2), ("Filter discs 47 mm, pack of 100", 74, 108, 8),
        ("Magnetic stirrer with heating", 389, 540, 3), ("Reference weight set E2", 640, 890, 1))),
    "fasteners": ("Production", (("Hex bolt M8x40 A2, 100 pcs", 14, 21, 40), ("Washer M8 DIN 125, 500 pcs", 9, 14, 20),
        ("Threaded rod M10, 1 m", 2.9, 4.6, 80), ("Blind rivet 4x10, 1,000 pcs", 31, 45, 12),
        ("Socket screw M5x16, 200 pcs", 12, 19, 30), ("Lock nut M8, 200 pcs", 11, 17, 30),
        ("Spring pin 3x20, 500 pcs", 23, 35, 10), ("Anchor bolt M12x110, 25 pcs", 27, 41, 16))),
    "safety": ("Production", (("Safety shoe S3, pair", 68, 112, 12), ("Cut protection gloves, 12 pairs", 54, 79, 10),
        ("Safety goggles, clear", 7.5, 12, 40), ("Ear plugs, dispenser of 500", 49, 72, 4),
        ("High-visibility vest", 6, 9.5, 40), ("First aid kit, wall box", 74, 108, 5))),
    "hydraulics": ("Production", (("Hydraulic hose DN12, 3 m", 38, 56, 20), ("Directional valve NG6", 189, 264, 6),
        ("Seal kit cylinder 63/36", 42, 66, 12), ("Return filter element", 58, 84, 10),
        ("Gear pump 8 cc", 214, 298, 4), ("Pressure gauge 0-250 bar", 29, 44, 10))),
    "metal": ("Production", (("Bracket 4 mm, laser cut", 3.4, 6.2, 300), ("Housing plate, anodised", 18, 29, 80),
        ("Turned shaft 20h6, steel", 12, 21, 120), ("Welded frame type B", 164, 238, 10),
        ("Cover sheet 1.5 mm, coated", 9, 15, 150), ("Machining hours", 58, 79, 24))),
    "packaging": ("Shipping", (("Carton 400x300x200, double wall", 1.2, 1.9, 600), ("Stretch film 500 mm, roll", 6.5, 9.5, 60),
        ("Packing tape, 36 rolls", 48, 66, 10), ("Foam inlay, cut to size", 2.4, 4.1, 250),
        ("Wooden pallet 1200x800, IPPC", 13, 19, 40), ("Void fill paper, 450 m", 29, 41, 12))),
    "electronics": ("Production", (("Pressure sensor PX-30", 46, 69, 30), ("Control board rev. D", 88, 132, 20),
        ("Cable assembly 2 m, shielded", 11, 18, 80), ("Power supply 24 V 5 A", 39, 58, 20),
        ("Proximity switch M12", 18, 27, 40), ("Terminal block, 50 pcs", 24, 37, 12), ("Test hours", 64, 86, 8))),
    "training": ("Training", (("Forklift licence, participant", 190, 260, 6), ("First aid course, day", 540, 690, 2),
        ("Leadership seminar, seat", 420, 580, 4), ("Training handbook", 28, 42, 12), ("Trainer hours", 88, 122, 12))),
    "calibration": ("Laboratory", (("Calibration torque wrench", 64, 92, 12), ("Calibration gauge block set", 238, 330, 3),
        ("Certificate, each", 18, 29, 20), ("On-site visit", 290, 390, 1), ("Caliper check, each", 16, 24, 24))),
    "paint": ("Facilities", (("Floor coating grey, 10 l", 96, 138, 10), ("Primer, 5 l", 42, 61, 12),
        ("Line marking paint, 750 ml", 8, 13, 36), ("Roller set, professional", 19, 31, 10),
        ("Thinner, 25 l", 74, 99, 4), ("Rust protection RAL 7016, 2.5 l", 33, 47, 16))),
    "storage": ("Shipping", (("Pallet storage, week", 3.1, 4.6, 180), ("Groupage shipment", 148, 219, 6),
        ("Handling in and out, pallet", 5.2, 7.9, 90), ("Customs entry", 48, 66, 4), ("Tail-lift delivery", 72, 104, 4))),
}  # fmt: skip
