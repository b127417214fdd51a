"""Who sold it and where: the name and the address at the head of the paper."""

import re
from dataclasses import dataclass

from .layout import Row


def _words(*lines: str) -> re.Pattern[str]:
    """Any of these whole words, parted by blanks; a blank inside one is written with a backslash."""
    parts = [word for line in lines for word in re.split(r"(?<!\\) ", line)]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


_REGISTRATION = re.compile(
    r"[(<\[{]?\s*(?:(?:CO(?:MPANY)?|ROC|REG|BUSINESS)[\s.,:]*)*(?:REG\w*|RFG|NO)?[\s.:,]*[(<\[{]?"
    r"\b\w{0,3}\d{4,12}\s?[-\s]?\s?[A-Z]{0,2}\s*[)>\]}]?\s*$"
)
_NUMBERED = re.compile(r"\W+\d{5,7}-[A-Z]\b.*$")
_LEAD = re.compile(r"^\W*#?\d{4,}\s+|^(?:OWNED|OWN|OPERATED|MANAGED)\s*BY\s*:?\s*")
_SURE_NAME = re.compile(r"\bSDN\b|\bBHD\b|\bS/B\b|\bPLT\b|\bENTERPRISE\b|\bBERHAD\b|\bPTE\b|\bLTD\b")
_NAME = _words(
    r"TRADING RESTAURANT RESTORAN KEDAI SHOP MART HARDWARE STATIONERY BOOKS? MARKET(?:ING)? PERNIAGAAN",
    r"PHARMACY CAF[EÉ] STORES? SUPPLY MINI ELECTRICAL MACHINERY GROCER BAKERY HOUSE CASH\ &\ CARRY",
    r"FARMASI HOTEL CLINIC STATION PETRO\w* PIZZA COMPANY SERVICES? CENT(?:RE|ER) KITCHEN MAKER PASAR",
)
_NOT_NAME = re.compile(
    r"INVOICE|RECEIPT|ORDER|WELCOME|THANK|LICENSEE|\bTEL\b|\bFAX\b|\bGST\b|\bDATE\b|CASH BILL|COPY|TABLE|"
    r"\bNO\b *[.:]|WWW|\.COM|@|REPRINT|DUPLICATE|CUSTOMER|MEMBER|FORMERLY|\bBRANCH\b|\bREG\b"
)
_UNIT = re.compile(
    r"^\W*(?:NO|LOT|UNIT|SUITE|GROUND|LEVEL|BLOCK|BLK|BATU|PT|PLO|KM)\b[\s.,:]*[\w/&-]*\d|"
    r"^\W*[A-Z]{0,3}\W?\d+[\w\-/&]*\s?,|^NO\b\.?\s*\S*\d"
)
_STREET = _words(
    r"JALAN\w* JLN\w* TAMAN TMN LORONG LRG PERSIARAN LEBUH\w* KAMPUNG KG BANDAR BDR SEKSYEN SECTION KAWASAN",
    r"KWS PUSAT PLAZA MALL FLOOR FLR LOT LEVEL MUKIM ROAD STREET PARK SHOPPING INDUSTR\w* PERINDUSTRIAN",
    r"TINGKAT WALK AVENUE LANE DATARAN MEGAMALL OFF DESA BUKIT BATU CENTRE USJ",
)
_TOWN = re.compile(
    r"\b\d{5}\b|SELANGOR|\bJOHOR\b|KUALA LUMPUR|\bPAHANG\b|\bPERAK\b|\bPENANG\b|PULAU PINANG|\bKEDAH\b|"
    r"\bMELAKA\b|SARAWAK|\bSABAH\b|KELANTAN|TERENGGANU|NEGERI SEMBILAN|PUTRAJAYA|MALAYSIA|SHAH ALAM|PETALING|"
    r"CHERAS|SINGAPORE|\bK\.?L\.?$|\bSEL\b"
)
_POSTCODE = re.compile(r"\b\d{5}\b *,? *[A-Z]|\bSINGAPORE \d{6}\b")
_END = re.compile(
    r"\bTEL\b|\bTEL[.:]|\bPHONE\b|TELEPHONE|\bFAX\b|\bH/?P\b|MOBILE|WHATSAPP|HOTLINE|\bCARELINE\b|\bEMAIL\b|"
    r"E-MAIL|WWW|\bHTTP|@|\bFACEBOOK\b|\bGST\b|\bSST\b|\bTAX\b|TAX *INVOICE|\bINVOICE\b|\bRECEIPT\b|\bBILL\b|"
    r"\bORDER\b|\bPAY BY\b|\bCARRY OUT\b|\bCASH\b|\bCASHIER\b|\bDATE\b|\bTABLE\b|\bSITE *:|\bCOMPANY\b|"
    r"\bCO\. ?NO\b|\bROC\b|\bID\b *NO|\bREG\w*\s*(?:NO|:)|\d{1,2}:\d{2}|^-|^\W*\(?\d{2,3}-\d{6,8}"
)
_PHONE = re.compile(
    r"[\s,;(]*\b(?:TEL|FAX|PHONE|H/P|HP|GST|CARELINE|HOTLINE)\b.*$|"
    r"\s*[(]?\+?6?0\d{1,2}\s?-\s?\d{3,4}[\s-]?\d{3,4}.*$"
)

_HEAD = 14
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """Text that runs over one or more rows, and how many marks of its kind it carries (0 to 3)."""

    text: str
    rows: tuple[Row, ...]
    marks: int


def company_of(rows: list[Row]) -> Found | None:
    """The seller's name: the likeliest row of the head; a legal form counts more than a kind of shop."""
    best: tuple[float, int, Row, str] | None = None
    for place, row in enumerate(rows[:_HEAD]):
        name = _bare(row.text)
        if not _is_name(name) or _UNIT.search(row.text):
            continue
        score = 3.0 * bool(_SURE_NAME.search(name)) + 1.5 * bool(_NAME.search(name)) - 0.35 * place
        score += 0.8 * min(row.size - 1.0, 1.5) - 1.5 * bool(_STREET.search(name) or _TOWN.search(name))
        score -= 1.0 * (place == 0 and len(rows) > 1 and rows[1].size > 1.3 * row.size)
        if best is None or score > best[0]:
            best = (score, place, row, name)
    if best is None:
        return None
    score, place, row, name = best
    first = last = place
    if first and _fragment(name) and _is_name(_bare(rows[first - 1].text)):
        first -= 1
        name = f"{_bare(rows[first].text)} {name}"
    while last + 1 < len(rows) and last - place < 2 and _goes_on(name, rows[last + 1]):
        last += 1
        name = f"{name} {_bare(rows[last].text)}"
    marks = 3 if _SURE_NAME.search(name) else 2 if _NAME.search(name) else 1
    return Found(name, tuple(rows[first : last + 1]), marks)


def address_of(rows: list[Row], company: Found | None) -> Found | None:
    """The rows from the first house, lot or street up to the telephone or the tax number."""
    after = max((rows.index(row) for row in company.rows), default=-1) + 1 if company else 0
    start = next(
        (place for place in range(after, min(len(rows), after + 10)) if _starts(rows[place].text)), None
    )
    if start is None:
        start = next(
            (place for place in range(after + 10, len(rows)) if _is_unit_row(rows[place].text)), None
        )
    if start is None:
        return None
    taken: list[Row] = []
    texts: list[str] = []
    for row in rows[start : start + _LONGEST]:
        text = _PHONE.sub("", row.text)
        if _END.search(text) or (taken and not _continues(text)):
            break
        if ":" in text and any(_TOWN.search(line) for line in texts):
            break
        taken.append(row)
        texts.append(text)
        if text != row.text:
            break
    if not taken:
        return None
    whole = " ".join(texts)
    marks = sum(bool(mark.search(whole)) for mark in (_TOWN, _POSTCODE, _UNIT))
    return Found(whole, tuple(taken), marks)


def _bare(text: str) -> str:
    """Without a registration number at the end and dashes around."""
    return _LEAD.sub("", _REGISTRATION.sub("", _NUMBERED.sub("", text))).strip(" -*:;,=~")


def _is_name(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    return letters >= 3 and letters > sum(char.isdigit() for char in text) and not _NOT_NAME.search(text)


def _fragment(name: str) -> bool:
    """Only the end of a name: a legal form, or something that cannot begin one."""
    rest = _SURE_NAME.sub("", re.sub(r"\([^)]*\)?", "", name)).strip(" .()&,")
    return len(rest) < 4 or name.startswith(("&", "(", "CO.", "CO "))


def _goes_on(name: str, row: Row) -> bool:
    """The next row belongs to the name: a bracket is open, a word is missing, or the legal form follows."""
    text = _bare(row.text)
    if not _is_name(text) or _UNIT.search(text):
        return False
    if name.count("(") > name.count(")") or name.endswith("&"):
        return True
    if re.search(r"\bSDN\b|\bBHD\b|\bS/B\b|\bPLT\b", name):
        return False
    return bool(_SURE_NAME.search(text)) and not _starts(text) and len(text) < 30


def _starts(text: str) -> bool:
    return not _END.search(_PHONE.sub("", text)) and bool(
        _UNIT.search(text) or _STREET.search(text) or _POSTCODE.search(text)
    )


def _is_unit_row(text: str) -> bool:
    return bool(_UNIT.search(text) and _STREET.search(text)) and not _END.search(text)


def _continues(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    return letters >= 2 and not re.search(r"\d\.\d{2}\b", text)
