"""The invented people and words of the gallery in the three scripts; in no catalogue, as no program shows them."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from crp.ui import formats

WORDS: dict[str, tuple[str, str, str]] = {
    "title": ("Sales call with a CFO in freight", "مكالمة مع مدير مالي في قطاع الشحن", "تماس با مدیر مالی در حمل‌ونقل"),
    "status": (
        "Eleven people fit. Four are free to ask today; Hanne Vos fits best.",
        "أحد عشر شخصًا يناسبون الطلب، أربعة منهم يمكن سؤالهم اليوم، وأقربهم هنا فوس.",
        "یازده نفر مناسب‌اند. امروز می‌توان از چهار نفر پرسید؛ هانه فوس مناسب‌ترین است.",
    ),
    "requests": ("Requests", "الطلبات", "درخواست‌ها"),
    "mine": ("Mine", "طلباتي", "مال من"),
    "waiting": ("Waiting", "قيد الانتظار", "در انتظار"),
    "all": ("All open", "كل المفتوحة", "همهٔ بازها"),
    "region": ("Region", "المنطقة", "منطقه"),
    "gulf": ("Gulf", "الخليج", "خلیج"),
    "board": ("Board", "لوحة", "تخته"),
    "list": ("List", "قائمة", "فهرست"),
    "propose": ("Propose", "اقترح", "پیشنهاد"),
    "add_note": ("Add a note", "أضف ملاحظة", "یادداشت"),
    "hide": ("Hide", "إخفاء", "پنهان کن"),
    "withdraw": ("Withdraw", "سحب", "پس بگیر"),
    "take": ("Take it", "خذه", "برمی‌دارم"),
    "sending": ("Sending", "جارٍ الإرسال", "در حال ارسال"),
    "active": ("Active reference", "مرجع نشط", "معرف فعال"),
    "owner": ("Owner to agree", "موافقة المسؤول", "موافقت مسئول"),
    "paused": ("Paused", "موقوف", "متوقف"),
    "complaint": ("Open complaint", "شكوى مفتوحة", "شکایت باز"),
    "draft": ("Draft", "مسودة", "پیش‌نویس"),
    "tier": ("Tier A", "الفئة أ", "ردهٔ الف"),
    "agrees": ("Omar Haddad agrees first", "يوافق عمر حداد أولًا", "اول عمر حداد موافقت می‌کند"),
    "usually": ("usually answers within 4 hours", "يرد عادة خلال ٤ ساعات", "معمولاً ظرف ۴ ساعت پاسخ می‌دهد"),
    "competes": ("Competes with the prospect", "ينافس العميل المحتمل", "رقیب مشتری است"),
    "renewal": ("Renewal on 1 Feb", "التجديد في ١ فبراير", "تمدید در ۱۲ بهمن"),
    "light": ("keep it light, says Omar", "لا تُثقل عليهم، يقول عمر", "عمر می‌گوید سبک بگیرید"),
    "reason_1": (
        "Runs Halden Flow in four ports and led the month-end switch herself",
        "تشغّل Halden Flow في أربعة موانئ وقادت إقفال الشهر بنفسها",
        "Halden Flow را در چهار بندر اجرا می‌کند و تغییر پایان ماه را خودش رهبری کرد",
    ),
    "reason_2": ("Not in finance, though she owns the business case", "ليست في المالية", "در بخش مالی نیست"),
    "role": ("Chief financial officer", "المديرة المالية", "مدیر مالی"),
    "choosing": ("Choosing people", "اختيار الأشخاص", "انتخاب افراد"),
    "finding": ("Finding a date", "تحديد موعد", "یافتن تاریخ"),
    "no_one": ("No one in public sector yet", "لا أحد في القطاع العام بعد", "هنوز کسی در بخش دولتی نیست"),
    "known": (
        "Three customers there gave a 9 or 10 this year.",
        "ثلاثة عملاء هناك منحوا ٩ أو ١٠ هذا العام.",
        "سه مشتری آنجا امسال ۹ یا ۱۰ دادند.",
    ),
    "see": ("See the three", "اعرض الثلاثة", "آن سه را ببین"),
    "toast": ("Hanne Vos proposed for R-1191", "اقتُرحت هنا فوس للطلب R-1191", "هانه فوس برای R-1191 پیشنهاد شد"),
    "withdraw_title": ("Withdraw this quote?", "سحب هذا الاقتباس؟", "این نقل‌قول پس گرفته شود؟"),
    "withdraw_text": (
        "It is on two share pages and one slide. Both pages drop it at once; we tell Sam about the slide.",
        "هو في صفحتي مشاركة وشريحة واحدة. تُسقطه الصفحتان فورًا ونخبر سام بالشريحة.",
        "در دو صفحهٔ اشتراک و یک اسلاید است. هر دو صفحه فوراً آن را برمی‌دارند و به سام دربارهٔ اسلاید می‌گوییم.",
    ),
    "withdraw_yes": ("Withdraw it", "اسحبه", "پس بگیر"),
    "withdraw_no": ("Keep it", "أبقه", "نگه دار"),
    "assign": ("Assign to", "أسند إلى", "سپردن به"),
    "close": ("Close", "أغلق", "بستن"),
    "selected": ("selected", "محددة", "انتخاب‌شده"),
    "importing": ("Reading customers", "قراءة العملاء", "خواندن مشتریان"),
    "effort": ("Effort this quarter", "الجهد هذا الربع", "تلاش این فصل"),
    "with_reference": ("With a reference", "مع مرجع", "با معرف"),
    "quote": (
        "“The month-end switch was the part I feared. It took one weekend.”",
        "«كان إقفال الشهر ما أخشاه، فاستغرق عطلة أسبوع واحدة.»",
        "«از تغییر پایان ماه می‌ترسیدم. یک آخر هفته طول کشید.»",
    ),
    "question": (
        "Would you speak with a port in Bremen for half an hour?",
        "هل تتحدث مع ميناء في بريمن نصف ساعة؟",
        "آیا نیم ساعت با بندری در برمن صحبت می‌کنید؟",
    ),
    "ask_text": (
        "They are about to change how they close the month, as you did in 2023, and would like to hear how it went.",
        "هم على وشك تغيير طريقة إقفال الشهر كما فعلتم في ٢٠٢٣ ويودون سماع كيف جرى ذلك.",
        "آن‌ها می‌خواهند شیوهٔ بستن ماه را تغییر دهند، همان‌طور که شما در ۱۴۰۲ کردید، و مایل‌اند بشنوند چگونه گذشت.",
    ),
    "yes": ("Yes, on Wednesday at 14:00", "نعم، الأربعاء ١٤:٠٠", "بله، چهارشنبه ساعت ۱۴:۰۰"),
    "not_now": ("Not this time", "ليس هذه المرة", "این بار نه"),
}
PEOPLE = (
    (1, "Hanne Vos", "هنا فوس", "هانه فوس"),
    (2, "Jörg Reimann", "يورغ رايمان", "یورگ رایمان"),
    (3, "Anke Kowalski", "أنكه كوفالسكي", "آنکه کوالسکی"),
    (4, "Pieter Maas", "بيتر ماس", "پیتر ماس"),
    (5, "Ingrid Palm", "إنغريد بالم", "اینگرید پالم"),
    (6, "Omar Haddad", "عمر حداد", "عمر حداد"),
)
COMPANIES = ("Vlaardingen Terminals", "Nordfracht", "Ostsee Reefer", "Emsland Energie", "Helvetia Medtech")
KINDS = (
    ("Name", "tag"), ("Logo", "image"), ("Quote", "quote"), ("RFP text", "file-text"), ("Success story", "star"),
    ("Case study", "book-open"), ("ROI study", "calculator"), ("Sales call", "phone"), ("Press", "newspaper"),
    ("Analyst", "telescope"), ("Video", "video"), ("Site visit", "map-pin"),
)  # fmt: skip
REASONS = (
    ("Industry", "القطاع", "صنعت", 20, 20), ("Product", "المنتج", "محصول", 20, 20),
    ("Use case", "حالة الاستخدام", "کاربرد", 15, 15),
    ("Region", "المنطقة", "منطقه", 8, 10), ("Size", "الحجم", "اندازه", 10, 10), ("Language", "اللغة", "زبان", 5, 5),
    ("Role", "الدور", "نقش", 10, 10), ("Ratings", "التقييمات", "امتیاز", 5, 5), ("Rest", "الراحة", "استراحت", 1, 5),
)  # fmt: skip


def _at() -> int:
    return ("en", "ar", "fa").index(formats.language())


def word(key: str) -> str:
    """One sample word in the active language."""
    return WORDS[key][_at()]


def words() -> dict[str, str]:
    """All of them."""
    return {key: texts[_at()] for key, texts in WORDS.items()}


def people() -> list[SimpleNamespace]:
    """Six people with ids, so that their tints differ."""
    return [SimpleNamespace(pk=row[0], name=row[1 + _at()]) for row in PEOPLE]


def companies() -> list[SimpleNamespace]:
    """Five companies; their names stay Latin."""
    return [SimpleNamespace(pk=number, name=name, face_kind="company") for number, name in enumerate(COMPANIES)]


def reasons() -> list[dict[str, Any]]:
    """The parts of one score."""
    return [{"criterion": row[_at()], "points": row[3], "of": row[4], "text": word("role")} for row in REASONS]


def heat() -> list[tuple[str, list[tuple[int, int]]]]:
    """Supply and demand by industry and region."""
    return [
        ("Freight and ports", [(9, 6), (7, 4), (2, 2), (1, 3), (3, 5)]),
        ("Energy and water", [(6, 5), (2, 1), (4, 2), (0, 2), (1, 1)]),
        ("Public sector", [(2, 6), (1, 2), (3, 3), (0, 0), (0, 1)]),
    ]


def months(today: date) -> list[tuple[str, float, float]]:
    """Influenced and all revenue won by month, in millions."""
    won = (
        (0.3, 1.1),
        (0.3, 0.9),
        (0.5, 1.4),
        (0.4, 1.2),
        (0.7, 1.6),
        (0.6, 1.5),
        (0.4, 1.0),
        (0.6, 1.3),
        (1.0, 1.9),
        (0.9, 1.7),
    )
    return [
        (formats.month(today.replace(month=n, day=1), with_year=False), *pair) for n, pair in enumerate(won, start=1)
    ]
