"""Shops and people that do not exist."""

from dataclasses import dataclass

EMPLOYEES = (
    "Aina Yusof",
    "Ben Carter",
    "Chong Mei Ling",
    "Devi Kumar",
    "Ethan Goh",
    "Hana Sato",
    "Lena Hassan",
)


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop that does not exist.

    layout  of its till: table, till, columns or coded
    goods   name and price
    """

    name: str
    number: str
    address: tuple[str, ...]
    phone: str
    layout: str
    category: str
    goods: tuple[tuple[str, str], ...]
    currency: str = "MYR"


_FOOD = (
    ("NASI LEMAK AYAM", "8.90"),
    ("ROTI CANAI", "1.80"),
    ("TEH TARIK", "2.50"),
    ("MEE GORENG", "7.50"),
    ("KOPI O ICE", "3.20"),
    ("CHICKEN CHOP", "15.90"),
    ("LIME JUICE", "4.00"),
    ("SATAY 10PCS", "12.00"),
)
_OFFICE = (
    ("A4 PAPER 70GSM 500S", "12.90"),
    ("BALL PEN BLUE 12S", "9.60"),
    ("STAPLER NO.10", "7.90"),
    ("LEVER ARCH FILE 3IN", "6.50"),
    ("WHITEBOARD MARKER", "9.80"),
    ("THERMAL ROLL 57X60", "8.60"),
)
_TOOLS = (
    ("CABLE TIE 200MM 100S", "8.90"),
    ("LED BULB 9W E27", "8.50"),
    ("MASKING TAPE 24MM", "7.20"),
    ("PADLOCK 40MM", "14.90"),
    ("EXTENSION 4 GANG 3M", "27.90"),
    ("WD SPRAY 300ML", "16.80"),
)
_CARE = (
    ("PARACETAMOL 500MG 20S", "6.80"),
    ("FACE MASK 50S", "12.50"),
    ("HAND SANITIZER 500ML", "11.90"),
    ("PLASTER ASSORTED", "5.20"),
    ("VITAMIN C 500MG", "18.90"),
)
_CITY = (("LAKSA", "9.80"), ("ICED LATTE", "7.50"), ("CHICKEN RICE SET", "11.20"), ("KAYA TOAST", "4.60"))
_HOTEL = (("ROOM DELUXE NIGHT", "310.00"), ("BREAKFAST BUFFET", "48.00"))

#: Alcohol and tobacco.
DRINKS = (
    ("DRAUGHT BEER 330ML", "18.00"),
    ("HOUSE WINE RED GLASS", "28.00"),
    ("CIGARETTES 20S", "17.40"),
    ("WHISKY 30ML", "26.00"),
)

SELLERS: tuple[Seller, ...] = (
    Seller(
        name="RESTORAN DAUN EMAS SDN BHD",
        number="884213-K",
        address=("NO. 12, JALAN MELUR 3,", "TAMAN BUNGA RAYA,", "47301 PETALING JAYA, SELANGOR"),
        phone="03-7800 1142",
        layout="table",
        category="meal",
        goods=_FOOD,
    ),
    Seller(
        name="KEDAI KOPI SERI MAWAR",
        number="SA0231177-H",
        address=("38, JALAN PASAR BARU,", "80100 JOHOR BAHRU, JOHOR"),
        phone="07-220 9981",
        layout="till",
        category="meal",
        goods=_FOOD,
    ),
    Seller(
        name="HARIMAU STATIONERY & BOOKS",
        number="001776512-M",
        address=("NO.5G, JALAN SETIA DAMAI 7,", "40170 SHAH ALAM, SELANGOR"),
        phone="03-3351 0770",
        layout="columns",
        category="supplies",
        goods=_OFFICE,
    ),
    Seller(
        name="BRIGHTWAY OFFICE SUPPLY SDN. BHD.",
        number="1120945-T",
        address=("LOT 14, LEVEL 2, PLAZA KENARI,", "JALAN KENARI 4,", "47100 PUCHONG, SELANGOR"),
        phone="03-8070 6616",
        layout="till",
        category="supplies",
        goods=_OFFICE,
    ),
    Seller(
        name="LIM BROTHERS HARDWARE TRADING",
        number="JM0448120-A",
        address=("27, JALAN BAKTI 11,", "TAMAN PERINDUSTRIAN MAJU,", "81300 SKUDAI, JOHOR"),
        phone="07-556 2210",
        layout="coded",
        category="supplies",
        goods=_TOOLS,
    ),
    Seller(
        name="CITYCARE PHARMACY PLT",
        number="LLP0009231",
        address=("G-08, MENARA SEROJA,", "JALAN AMPANG HILIR,", "50450 KUALA LUMPUR"),
        phone="03-2161 4407",
        layout="coded",
        category="other",
        goods=_CARE,
    ),
    Seller(
        name="GREEN LEAF MINI MARKET",
        number="IP0331902-X",
        address=("NO 9, LORONG MERBAU 2,", "TAMAN DESA INDAH,", "14000 BUKIT MERTAJAM, PENANG"),
        phone="04-530 7719",
        layout="columns",
        category="other",
        goods=_CARE + _FOOD[:3],
    ),
    Seller(
        name="MARINA COFFEE PTE LTD",
        number="201433876W",
        address=("11 HARBOUR WALK #01-07,", "SINGAPORE 098585"),
        phone="6255 0184",
        layout="till",
        category="meal",
        goods=_CITY,
        currency="SGD",
    ),
    Seller(
        name="NUSANTARA HOTEL SDN BHD",
        number="530118-D",
        address=("1, PERSIARAN TASIK,", "62000 PUTRAJAYA, MALAYSIA"),
        phone="03-8890 3000",
        layout="columns",
        category="accommodation",
        goods=_HOTEL,
    ),
)
