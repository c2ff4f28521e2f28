"""Who is in the story. People and companies are invented."""

from dataclasses import dataclass

from crp.accounts.models import Role

# name, roles, team, language, time zone
PEOPLE = [
    ("Maya Keller", [Role.MANAGER], "", "en", "Europe/Berlin"),
    ("Tariq Benali", [Role.MANAGER], "", "ar", "Asia/Dubai"),
    ("Sam Brandt", [Role.SALES], "DACH", "en", "Europe/Berlin"),
    ("Sofia Lindqvist", [Role.SALES], "Nordics", "en", "Europe/Stockholm"),
    ("Shirin Rahimi", [Role.SALES], "Gulf", "fa", "Asia/Tehran"),
    ("Omar Haddad", [Role.SALES], "Benelux", "en", "Europe/Amsterdam"),
    ("Lena Fuchs", [Role.SALES], "Gulf", "en", "Asia/Dubai"),
    ("Mina Orsini", [Role.MARKETING], "", "en", "Europe/Rome"),
    ("Jonas Pohl", [Role.MARKETING], "", "en", "Europe/Berlin"),
    ("Eva Wirth", [Role.EXECUTIVE], "", "en", "Europe/Berlin"),
    ("Adam Reyes", [Role.ADMIN], "", "en", "Europe/Berlin"),
]
TEAMS = {"DACH": "Europe", "Nordics": "Europe", "Benelux": "Europe", "Gulf": "Middle East"}
REGIONS = {
    "DACH": ["DE", "AT", "CH"],
    "Benelux": ["NL", "BE", "LU"],
    "Nordics": ["SE", "NO", "DK", "FI"],
    "Iberia": ["ES", "PT"],
    "Gulf": ["AE", "SA", "QA", "KW", "OM", "BH"],
    "North America": ["US", "CA"],
}
PRODUCTS = [("Halden Flow", "Flow", 48_000), ("Halden Ledger", "Ledger", 36_000), ("Halden Meter", "Meter", 29_000)]
USE_CASES = ["Multi-site roll-out", "Month-end closing", "Cold-chain tracking", "Remote metering", "Audit readiness"]


@dataclass(frozen=True)
class Company:
    """`people`: name, job title, seniority, field of work, language."""

    name: str
    industry: str
    country: str
    employees: int
    revenue_m: int
    owner: str
    products: tuple[int, ...]
    use_case: int
    people: tuple[tuple[str, str, str, str, str], ...]


C = Company
COMPANIES = [
    C("Vlaardingen Terminals", "Freight and ports", "NL", 2300, 640, "Omar Haddad", (0, 1), 0, (
        ("Hanne Vos", "Chief financial officer", "executive", "finance", "de"),
        ("Dirk Bakker", "Head of terminal operations", "director", "operations", "en"),
        ("Lotte Smit", "Process engineer", "specialist", "operations", "en"),
    )),
    C("Nordfracht", "Freight and ports", "DE", 1800, 410, "Omar Haddad", (0,), 0, (
        ("Jörg Reimann", "Head of finance", "director", "finance", "de"),
        ("Silke Brandner", "Head of IT", "director", "it", "de"),
    )),
    C("Rhein-Spedition", "Freight and ports", "DE", 950, 180, "Sam Brandt", (0,), 1, (
        ("Anke Kowalski", "Commercial director", "director", "general", "de"),
    )),
    C("Delta Cargo", "Freight and ports", "BE", 1200, 260, "Omar Haddad", (0, 1), 1, (
        ("Pieter Maas", "Finance director", "director", "finance", "en"),
        ("Els Claes", "Plant manager", "manager", "operations", "en"),
    )),
    C("Ostsee Reefer", "Freight and ports", "DE", 2100, 390, "", (0,), 2, (
        ("Ingrid Palm", "Head of IT", "director", "it", "de"),
    )),
    C("Emsland Energie", "Energy and water", "DE", 3400, 900, "Sam Brandt", (2,), 3, (
        ("Paul Richter", "Head of grid operations", "director", "operations", "de"),
        ("Nele Hagen", "Chief information officer", "executive", "it", "de"),
    )),
    C("Stadtwerke Lünen", "Energy and water", "DE", 620, 140, "Sam Brandt", (2, 1), 3, (
        ("Birgit Thoms", "Head of metering", "manager", "operations", "de"),
    )),
    C("Fjordkraft Vest", "Energy and water", "NO", 880, 310, "Sofia Lindqvist", (2,), 3, (
        ("Solveig Dahl", "Operations director", "director", "operations", "en"),
    )),
    C("Helvetia Medtech", "Medical devices", "CH", 740, 220, "Sam Brandt", (1,), 4, (
        ("Regula Ammann", "Quality director", "director", "legal", "de"),
        ("Marc Favre", "Head of finance", "director", "finance", "en"),
    )),
    C("Aarhus Biomedica", "Medical devices", "DK", 430, 95, "Sofia Lindqvist", (1,), 4, (
        ("Mette Krogh", "Chief financial officer", "executive", "finance", "en"),
    )),
    C("Frigo Atlántico", "Food and cold chain", "ES", 1500, 330, "", (0,), 2, (
        ("Lucía Ramos", "Logistics director", "director", "operations", "en"),
        ("Iker Salas", "Warehouse manager", "manager", "operations", "en"),
    )),
    C("Seeland Molkerei", "Food and cold chain", "CH", 560, 120, "Sam Brandt", (0, 1), 2, (
        ("Urs Zbinden", "Managing director", "executive", "general", "de"),
    )),
    C("Nordisk Fisk", "Food and cold chain", "NO", 690, 150, "Sofia Lindqvist", (0,), 2, (
        ("Arne Lie", "Supply chain manager", "manager", "operations", "en"),
    )),
    C("Tessuti Ferrante", "Textiles", "PT", 310, 60, "", (1,), 1, (
        ("Carla Bianchi", "Plant manager", "manager", "operations", "en"),
    )),
    C("Gulf Cement Holding", "Construction", "AE", 4100, 1200, "Lena Fuchs", (0, 1), 0, (
        ("خالد المنصوري", "المدير المالي", "executive", "finance", "ar"),
        ("Noura Al Suwaidi", "Head of operations", "director", "operations", "ar"),
    )),
    C("Doha Water", "Energy and water", "QA", 2600, 700, "Lena Fuchs", (2,), 3, (
        ("Yousef Al Kuwari", "Chief information officer", "executive", "it", "ar"),
    )),
    C("Muscat Cold Stores", "Food and cold chain", "OM", 340, 70, "Lena Fuchs", (0,), 2, (
        ("سالم الحارثي", "مدير العمليات", "manager", "operations", "ar"),
    )),
    C("Bandar Caspian", "Freight and ports", "KW", 780, 160, "Shirin Rahimi", (0,), 0, (
        ("مهسا کاظمی", "مدیر مالی", "director", "finance", "fa"),
    )),
    C("Kanton Aargau", "Government", "CH", 5200, 0, "Sam Brandt", (1,), 4, (
        ("Thomas Wyss", "Head of IT procurement", "manager", "legal", "de"),
    )),
    C("Lakeshore Freight", "Freight and ports", "US", 6100, 1500, "", (0, 1), 1, (
        ("Denise Carter", "Controller", "manager", "finance", "en"),
        ("Ray Holloway", "Vice president operations", "executive", "operations", "en"),
    )),
    C("Prairie Power", "Energy and water", "CA", 2900, 820, "", (2,), 3, (
        ("Claire Tremblay", "Director of field services", "director", "operations", "en"),
    )),
    C("Beacon Devices", "Medical devices", "US", 1300, 380, "", (1,), 4, (
        ("Alan Whitfield", "Chief financial officer", "executive", "finance", "en"),
    )),
    C("Västerås Textil", "Textiles", "SE", 270, 45, "Sofia Lindqvist", (1,), 1, (
        ("Karin Ek", "Managing director", "executive", "general", "en"),
    )),
    C("Porto Construções", "Construction", "PT", 890, 170, "", (0,), 0, (
        ("Rui Tavares", "Project director", "director", "operations", "en"),
    )),
]  # fmt: skip

# Suggested, and waiting for a decision: company, industry, country, who suggested it, why, days ago.
NOMINATED = [
    (
        "Solvento",
        "Pharmaceuticals",
        "DE",
        "Sofia Lindqvist",
        "They told their own industry evening how the switch went.",
        12,
    ),
    ("Klinikum Bergstraße", "Healthcare", "DE", "", "Gave a 10 in the autumn survey.", 9),
    ("Weberei Ott", "Textiles", "AT", "Omar Haddad", "The plant manager offered to show visitors around.", 8),
    ("Ringsted Mejeri", "Food and cold chain", "DK", "Sofia Lindqvist", "Live in six weeks, and happy to say so.", 3),
    ("Kuwait Logistics Park", "Logistics", "KW", "Shirin Rahimi", "Asked us whether a reference would help.", 2),
]
# What people added to their score.
SAID = (
    "The month-end switch was the part I feared. It took one weekend.",
    "Support knows our ports by name.",
    "I would like the reports in one place.",
    "Paper is gone from the quay.",
    "Good, once the first month is over.",
)
PROSPECTS = [
    ("Bremer Hafenlogistik", "Freight and ports", "DE"), ("Rostock Reederei", "Freight and ports", "DE"),
    ("Port de Sète", "Freight and ports", "FR"), ("Hansa Kühlhaus", "Food and cold chain", "DE"),
    ("Bergmann Guss", "Manufacturing", "DE"), ("Norrland Papir", "Manufacturing", "SE"),
    ("Jeddah Cold Port", "Food and cold chain", "SA"), ("Sharjah Steel", "Construction", "AE"),
    ("Øresund Metall", "Manufacturing", "DK"), ("Stadt Wels", "Government", "AT"),
    ("Alpine Medical", "Medical devices", "AT"), ("Dutch Dairy Union", "Food and cold chain", "NL"),
    ("Antwerp Barge", "Freight and ports", "BE"), ("Great Plains Water", "Energy and water", "US"),
    ("Energi Syd", "Energy and water", "DK"), ("Lisboa Obras", "Construction", "PT"),
    ("Hafen Linz", "Freight and ports", "AT"), ("Manama Foods", "Food and cold chain", "BH"),
    ("Turku Shipyard", "Manufacturing", "FI"), ("Valencia Textil", "Textiles", "ES"),
]  # fmt: skip
# kind, title, company index, summary, audience, how far it has come
MATERIAL = [
    (
        "case_study",
        "Four ports, one ledger",
        0,
        "How four terminals closed their books as one.",
        "shareable",
        "published",
    ),
    (
        "quote",
        "“We stopped counting pallets by hand.”",
        10,
        "A food group in Spain on the first month.",
        "shareable",
        "published",
    ),
    ("video", "Night shift without paper", 1, "Two minutes on the quay.", "public", "published"),
    ("success_story", "Looms that listen", 13, "A weaving mill reads its machines.", "shareable", "published"),
    ("rfp_answer", "Uptime over three years", 5, "What the grid operator measured.", "internal", "published"),
    ("case_study", "Meters in a day", 5, "A roll-out of nine thousand meters.", "shareable", "customer"),
    ("quote", "“It took one weekend.”", 0, "The month-end switch.", "shareable", "customer"),
    ("case_study", "Cold chain, warm welcome", 10, "One temperature record from quay to shelf.", "public", "customer"),
    ("case_study", "From seven systems to one", 1, "A freight group tidies up.", "shareable", "internal"),
    ("quote", "“I get my Fridays back.”", 8, "Finance in medical devices.", "shareable", "internal"),
    ("roi_case_study", "What the port saved in year one", 0, "Hours, paper, demurrage.", "shareable", "draft"),
    ("success_story", "A dairy without clipboards", 11, "From clipboard to screen.", "shareable", "draft"),
    ("video", "Inside the night shift", 13, "Filming in January.", "public", "draft"),
    ("success_story", "Cement, counted", 14, "The first year in the Gulf.", "shareable", "draft"),
    ("press", "Water for Doha", 15, "An idea for the water summit.", "public", "idea"),
]
