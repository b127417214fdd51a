"""What suppliers sell, under the names of their own language."""

Good = tuple[str, float, float, int]

#: trade -> budget, then goods: name, price from, price to, most bought at once
GOODS: dict[str, tuple[str, tuple[tuple[str, float, float, int], ...]]] = {
    "office": ("Office", (("Copy paper A4 80 g, box", 21, 29, 20), ("Lever arch file 80 mm", 2.1, 3.9, 60),
        ("Toner cartridge TN-410 black", 58, 94, 8), ("Whiteboard marker set of 8", 7, 12, 20),
        ("Office chair Vela, mesh back", 189, 265, 6), ("Document shredder P-4", 149, 219, 2),
        ("Label roll 62 mm", 9, 15, 24), ("Desk lamp LED, dimmable", 39, 64, 8))),
    "print": ("Marketing", (("Brochure A5, 24 pages, 1,000 pcs", 690, 920, 3),
        ("Roll-up banner 85 x 200 cm", 89, 129, 6),
        ("Business cards, set of 250", 34, 49, 12), ("Trade fair wall, printed fabric", 840, 1190, 2),
        ("Product sheet A4, 500 pcs", 145, 210, 6), ("Design hours", 62, 78, 16))),
    "catering": ("Office", (("Lunch buffet per person", 14, 22, 60), ("Coffee beans, 5 kg", 68, 89, 6),
        ("Fruit basket, large", 38, 52, 8), ("Meeting sandwiches, tray", 46, 64, 10),
        ("Still water, crate of 12", 8, 12, 20), ("Service staff, hours", 26, 34, 16))),
    "cleaning": ("Facilities", (("Office cleaning, month", 890, 1290, 1),
        ("Window cleaning, visit", 240, 330, 2),
        ("Hand towels, carton", 24, 36, 20), ("Floor care, hall B, per m2", 1.4, 2.2, 640),
        ("Waste collection, container", 84, 126, 4), ("Caretaker hours", 29, 38, 24))),
    "computing": ("IT", (("Laptop 14 in, 32 GB", 1090, 1390, 4), ("Docking station USB-C", 159, 219, 6),
        ("Backup storage, TB per month", 9, 14, 80), ("Support plan, seat per year", 79, 118, 20),
        ("Monitor 27 in, QHD", 269, 349, 6), ("Network switch 24-port", 390, 540, 2))),
    "lab": ("Laboratory", (("Pipette tips 200 µl, box of 960", 41, 62, 20),
        ("Nitrile gloves M, carton", 58, 84, 10),
        ("pH electrode, gel filled", 129, 178, 4), ("Beaker 250 ml, set of 12", 46, 69, 6),
        ("Analytical balance service", 310, 420, 2), ("Filter discs 47 mm, pack of 100", 74, 108, 8),
        ("Magnetic stirrer with heating", 389, 540, 3), ("Reference weight set E2", 640, 890, 1))),
    "fasteners": ("Production", (("Hex bolt M8x40 A2, 100 pcs", 14, 21, 40),
        ("Washer M8 DIN 125, 500 pcs", 9, 14, 20),
        ("Threaded rod M10, 1 m", 2.9, 4.6, 80), ("Blind rivet 4x10, 1,000 pcs", 31, 45, 12),
        ("Socket screw M5x16, 200 pcs", 12, 19, 30), ("Lock nut M8, 200 pcs", 11, 17, 30),
        ("Spring pin 3x20, 500 pcs", 23, 35, 10), ("Anchor bolt M12x110, 25 pcs", 27, 41, 16))),
    "safety": ("Production", (("Safety shoe S3, pair", 68, 112, 12),
        ("Cut protection gloves, 12 pairs", 54, 79, 10),
        ("Safety goggles, clear", 7.5, 12, 40), ("Ear plugs, dispenser of 500", 49, 72, 4),
        ("High-visibility vest", 6, 9.5, 40), ("First aid kit, wall box", 74, 108, 5))),
    "hydraulics": ("Production", (("Hydraulic hose DN12, 3 m", 38, 56, 20),
        ("Directional valve NG6", 189, 264, 6),
        ("Seal kit cylinder 63/36", 42, 66, 12), ("Return filter element", 58, 84, 10),
        ("Gear pump 8 cc", 214, 298, 4), ("Pressure gauge 0-250 bar", 29, 44, 10))),
    "metal": ("Production", (("Bracket 4 mm, laser cut", 3.4, 6.2, 300),
        ("Housing plate, anodised", 18, 29, 80),
        ("Turned shaft 20h6, steel", 12, 21, 120), ("Welded frame type B", 164, 238, 10),
        ("Cover sheet 1.5 mm, coated", 9, 15, 150), ("Machining hours", 58, 79, 24))),
    "packaging": ("Shipping", (("Carton 400x300x200, double wall", 1.2, 1.9, 600),
        ("Stretch film 500 mm, roll", 6.5, 9.5, 60),
        ("Packing tape, 36 rolls", 48, 66, 10), ("Foam inlay, cut to size", 2.4, 4.1, 250),
        ("Wooden pallet 1200x800, IPPC", 13, 19, 40), ("Void fill paper, 450 m", 29, 41, 12))),
    "electronics": ("Production", (("Pressure sensor PX-30", 46, 69, 30),
        ("Control board rev. D", 88, 132, 20),
        ("Cable assembly 2 m, shielded", 11, 18, 80), ("Power supply 24 V 5 A", 39, 58, 20),
        ("Proximity switch M12", 18, 27, 40), ("Terminal block, 50 pcs", 24, 37, 12),
        ("Test hours", 64, 86, 8))),
    "training": ("Training", (("Forklift licence, participant", 190, 260, 6),
        ("First aid course, day", 540, 690, 2),
        ("Leadership seminar, seat", 420, 580, 4), ("Training handbook", 28, 42, 12),
        ("Trainer hours", 88, 122, 12))),
    "calibration": ("Laboratory", (("Calibration torque wrench", 64, 92, 12),
        ("Calibration gauge block set", 238, 330, 3),
        ("Certificate, each", 18, 29, 20), ("On-site visit", 290, 390, 1),
        ("Caliper check, each", 16, 24, 24))),
    "paint": ("Facilities", (("Floor coating grey, 10 l", 96, 138, 10), ("Primer, 5 l", 42, 61, 12),
        ("Line marking paint, 750 ml", 8, 13, 36), ("Roller set, professional", 19, 31, 10),
        ("Thinner, 25 l", 74, 99, 4), ("Rust protection RAL 7016, 2.5 l", 33, 47, 16))),
    "storage": ("Shipping", (("Pallet storage, week", 3.1, 4.6, 180), ("Groupage shipment", 148, 219, 6),
        ("Handling in and out, pallet", 5.2, 7.9, 90), ("Customs entry", 48, 66, 4),
        ("Tail-lift delivery", 72, 104, 4))),
}  # fmt: skip

_NAMES = {
    "de": """
Pipette tips 200 µl, box of 960|Pipettenspitzen 200 µl, 960 Stück
Nitrile gloves M, carton|Nitrilhandschuhe M, Karton
pH electrode, gel filled|pH-Elektrode, gelgefüllt
Beaker 250 ml, set of 12|Becherglas 250 ml, 12er-Satz
Analytical balance service|Wartung Analysenwaage
Filter discs 47 mm, pack of 100|Rundfilter 47 mm, 100 Stück
Magnetic stirrer with heating|Magnetrührer mit Heizung
Reference weight set E2|Prüfgewichtssatz E2
Hex bolt M8x40 A2, 100 pcs|Sechskantschraube M8x40 A2, 100 Stk.
Washer M8 DIN 125, 500 pcs|Unterlegscheibe M8 DIN 125, 500 Stk.
Threaded rod M10, 1 m|Gewindestange M10, 1 m
Blind rivet 4x10, 1,000 pcs|Blindniete 4x10, 1000 Stk.
Socket screw M5x16, 200 pcs|Zylinderschraube M5x16, 200 Stk.
Lock nut M8, 200 pcs|Sicherungsmutter M8, 200 Stk.
Spring pin 3x20, 500 pcs|Spannstift 3x20, 500 Stk.
Anchor bolt M12x110, 25 pcs|Ankerbolzen M12x110, 25 Stk.
Safety shoe S3, pair|Sicherheitsschuh S3, Paar
Cut protection gloves, 12 pairs|Schnittschutzhandschuhe, 12 Paar
Safety goggles, clear|Schutzbrille, klar
Ear plugs, dispenser of 500|Gehörschutzstöpsel, Spender 500
High-visibility vest|Warnweste, Klasse 2
First aid kit, wall box|Verbandkasten mit Wandhalter
Hydraulic hose DN12, 3 m|Hydraulikschlauch DN12, 3 m
Directional valve NG6|Wegeventil NG6
Seal kit cylinder 63/36|Dichtsatz Zylinder 63/36
Return filter element|Rücklauffilterelement
Gear pump 8 cc|Zahnradpumpe 8 ccm
Pressure gauge 0-250 bar|Manometer 0-250 bar
Calibration torque wrench|Kalibrierung Drehmomentschlüssel
Calibration gauge block set|Kalibrierung Endmaßsatz
Certificate, each|Kalibrierschein
On-site visit|Einsatz vor Ort
Caliper check, each|Prüfung Messschieber
Brochure A5, 24 pages, 1,000 pcs|Broschüre A5, 24 Seiten, 1000 Stk.
Roll-up banner 85 x 200 cm|Roll-up 85 x 200 cm
Business cards, set of 250|Visitenkarten, 250 Stk.
Trade fair wall, printed fabric|Messewand, Stoff bedruckt
Product sheet A4, 500 pcs|Produktblatt A4, 500 Stk.
Design hours|Gestaltung, Stunden
""",
    "fr": """
Bracket 4 mm, laser cut|Équerre 4 mm, découpe laser
Housing plate, anodised|Plaque de boîtier, anodisée
Turned shaft 20h6, steel|Axe tourné 20h6, acier
Welded frame type B|Châssis soudé type B
Cover sheet 1.5 mm, coated|Tôle de capot 1,5 mm, laquée
Machining hours|Heures d'usinage
Copy paper A4 80 g, box|Papier A4 80 g, carton
Lever arch file 80 mm|Classeur à levier 80 mm
Toner cartridge TN-410 black|Toner TN-410 noir
Whiteboard marker set of 8|Marqueurs tableau blanc, lot de 8
Office chair Vela, mesh back|Fauteuil Vela, dossier résille
Document shredder P-4|Destructeur de documents P-4
Label roll 62 mm|Rouleau d'étiquettes 62 mm
Desk lamp LED, dimmable|Lampe de bureau LED
Pipette tips 200 µl, box of 960|Pointes 200 µl, boîte de 960
Nitrile gloves M, carton|Gants nitrile M, carton
pH electrode, gel filled|Électrode pH, gel
Beaker 250 ml, set of 12|Béchers 250 ml, lot de 12
Analytical balance service|Entretien balance analytique
Filter discs 47 mm, pack of 100|Filtres ronds 47 mm, lot de 100
Magnetic stirrer with heating|Agitateur magnétique chauffant
Reference weight set E2|Jeu de masses étalons E2
Carton 400x300x200, double wall|Carton 400x300x200, double cannelure
Stretch film 500 mm, roll|Film étirable 500 mm, rouleau
Packing tape, 36 rolls|Adhésif d'emballage, 36 rouleaux
Foam inlay, cut to size|Calage mousse sur mesure
Wooden pallet 1200x800, IPPC|Palette bois 1200x800, NIMP 15
Void fill paper, 450 m|Papier de calage, 450 m
Forklift licence, participant|Permis cariste, par participant
First aid course, day|Formation secourisme, journée
Leadership seminar, seat|Séminaire management, place
Training handbook|Manuel de formation
Trainer hours|Heures de formateur
""",
    "nl": """
Carton 400x300x200, double wall|Doos 400x300x200, dubbele golf
Stretch film 500 mm, roll|Rekwikkelfolie 500 mm, rol
Packing tape, 36 rolls|Verpakkingstape, 36 rollen
Foam inlay, cut to size|Schuiminlay op maat
Wooden pallet 1200x800, IPPC|Houten pallet 1200x800, IPPC
Void fill paper, 450 m|Opvulpapier, 450 m
Pressure sensor PX-30|Druksensor PX-30
Control board rev. D|Besturingsprint rev. D
Cable assembly 2 m, shielded|Kabelset 2 m, afgeschermd
Power supply 24 V 5 A|Voeding 24 V 5 A
Proximity switch M12|Naderingsschakelaar M12
Terminal block, 50 pcs|Rijgklem, 50 stuks
Test hours|Testuren
Lunch buffet per person|Lunchbuffet per persoon
Coffee beans, 5 kg|Koffiebonen, 5 kg
Fruit basket, large|Fruitmand, groot
Meeting sandwiches, tray|Belegde broodjes, schaal
Still water, crate of 12|Bronwater, krat van 12
Service staff, hours|Bediening, uren
Brochure A5, 24 pages, 1,000 pcs|Brochure A5, 24 pagina's, 1000 st.
Roll-up banner 85 x 200 cm|Roll-up banner 85 x 200 cm
Business cards, set of 250|Visitekaartjes, 250 st.
Trade fair wall, printed fabric|Beurswand, bedrukte stof
Product sheet A4, 500 pcs|Productblad A4, 500 st.
Design hours|Ontwerpuren
""",
    "pl": """
Bracket 4 mm, laser cut|Wspornik 4 mm, ciety laserem
Housing plate, anodised|Plyta obudowy, anodowana
Turned shaft 20h6, steel|Walek toczony 20h6, stal
Welded frame type B|Rama spawana typ B
Cover sheet 1.5 mm, coated|Blacha oslonowa 1,5 mm, lakier
Machining hours|Obrobka skrawaniem, godz.
Carton 400x300x200, double wall|Karton 400x300x200, 5-warstwowy
Stretch film 500 mm, roll|Folia stretch 500 mm, rolka
Packing tape, 36 rolls|Tasma pakowa, 36 rolek
Foam inlay, cut to size|Wypelnienie piankowe na wymiar
Wooden pallet 1200x800, IPPC|Paleta drewniana 1200x800, IPPC
Void fill paper, 450 m|Papier wypelniajacy, 450 m
""",
}


def goods(trade: str, language: str) -> tuple[str, tuple[Good, ...]]:
    """The budget that a trade is paid from, and its goods. Raises KeyError for a good without a name."""
    budget, priced = GOODS[trade]
    if language == "en":
        return budget, priced
    names = dict(row.split("|") for row in _NAMES[language].strip().splitlines())
    return budget, tuple((names[name], low, high, most) for name, low, high, most in priced)
