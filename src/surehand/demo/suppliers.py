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
    return replace(profile, **{**_COUNTRIES[country], **more})  # type: ignore[arg-type]  # by field name


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
        "DE000088204|lab|werk|LM ######|Bestell-Nr.|lindenhof-mess.example|+49 761 5550 77",
        manner="code number"),
    _of("DE", "Kranich Arbeitsschutz AG", "Hafenallee 9|28195 Bremen|Deutschland",
        "DE000029961|safety|banner|KA#####|Ihre Bestellnr.|kranich-schutz.example|+49 421 5550 31",
        dates="d. month yyyy"),
    _of("AT", "Steinalm Hydraulik GmbH", "Gewerbepark 22|5020 Salzburg|Österreich",
        "ATU00041772|hydraulics|din|{yy}/#####|Bestellung|steinalm.example|+43 662 5550 18"),
    _of("FR", "Ateliers Roche-Brune SARL", "14, rue des Tanneurs|69009 Lyon|France",
        "FR00000417735|metal|facture|FA{yy}####|Votre commande|roche-brune.example|+33 4 55 50 01 42",
        terms=45),
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
        terms=14, rate="9", hides=("due_date",)),
    _of("ES", "Talleres Monteverde S.L.", "Calle del Yunque 7|48004 Bilbao|España",
        "ESX0004177A|metal|kvadrat|TM/{yy}/####|Your PO|monteverde.example|+34 945 550 142"),
    _of("IT", "Officine Bellandi S.r.l.", "Via delle Fucine 31|25100 Brescia|Italia",
        "IT00000417735|hydraulics|crest|{yyyy}-###/A|Your order no.|bellandi.example|+39 030 555 0140"),
    _of("LU", "Belair Formation Sàrl", "5, montée des Rosiers|L-0099 Luxembourg|Luxembourg",
        "LU00041773|training|polder|BF-{yyyy}-##|Bon de commande|belairformation.example|+352 55 50 14",
        terms=20),
    _of("DK", "Nordhavn Komponenter ApS", "Kajgade 12|0999 København|Danmark",
        "DK00041773|electronics|harbour|NK-######|PO|nordhavnkomp.example|+45 55 50 01 42"),
    _of("GB", "Ashdown Calibration Ltd", "Unit 4, Ferry Lane Works|Sheffield S99 9ZZ|United Kingdom",
        "GB 000 4177 35|calibration|spine|AC######|Your PO no.|ashdowncal.example|+44 114 496 0142",
        currency="GBP",
        hides=("due_date",)),
    _of("GB", "Thornley Paints & Coatings", "9 Dyehouse Street|Leeds LS99 9ZZ|United Kingdom",
        "GB 000 6631 82|paint|crest|T/####|Order number|thornleypaints.example|+44 113 496 0177",
        currency="GBP",
        dates="dd/mm/yy"),
    _of("GB", "Pennine Freight & Storage", "Gate 2, Canal Depot|Manchester M99 9ZZ|United Kingdom",
        "GB 000 9041 58|storage|ledger|PFS-#####|Customer PO|penninefreight.example|+44 161 496 0118",
        currency="GBP", manner="code number"),
    _of("CH", "Säntis Präzision AG", "Werkstrasse 8|9099 Sankt Gallen|Schweiz",
        "CHE-000.417.735|calibration|swiss|{yyyy}.####|Ihre Bestellung|saentis-p.example|+41 71 555 01 42",
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
