"""What each language calls months, weekdays, currencies and digits: data like the CLDR, with our own choices.

Babel's Persian prints Gregorian months and Western digits, its Arabic varies by country; the program needs one hand.
"""

from decimal import Decimal

LANGUAGES = (("en", "English"), ("ar", "العربية"), ("fa", "فارسی"))  # each in its own name, never translated


def _digits(ten: str) -> dict[int, str]:
    """A table for str.translate: Latin digits and separators to the script's."""
    return {ord(","): "٬", ord("."): "٫"} | {ord(str(number)): digit for number, digit in enumerate(ten)}


DIGITS: dict[str, dict[int, str] | None] = {
    "en": None,
    "ar": _digits("٠١٢٣٤٥٦٧٨٩"),
    "fa": _digits("۰۱۲۳۴۵۶۷۸۹"),
}
NUMBERING = {"en": "latn", "ar": "arab", "fa": "arabext"}
PERCENT = {"en": "%", "ar": "٪", "fa": "٪"}

MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
        "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip
JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
WEEKDAYS = {  # Monday first, as date.weekday() counts
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
}
NEAR = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "ar": {-1: "أمس", 0: "اليوم", 1: "غدًا"},
    "fa": {-1: "دیروز", 0: "امروز", 1: "فردا"},
}
NOW = {"en": "just now", "ar": "الآن", "fa": "همین حالا"}
MOMENT = {"en": "{day}, {clock}", "ar": "{day}، {clock}", "fa": "{day}، ساعت {clock}"}

SHORT = (
    (Decimal("1e9"), Decimal("1e9"), "billion"),
    (Decimal("1e6"), Decimal("1e6"), "million"),
    (Decimal("1e4"), Decimal("1e3"), "thousand"),
)
UNITS = {
    "en": {"billion": "bn", "million": "m", "thousand": "k"},
    "ar": {"billion": "مليار", "million": "مليون", "thousand": "ألف"},
    "fa": {"billion": "میلیارد", "million": "میلیون", "thousand": "هزار"},
}

SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "CHF": "CHF", "SEK": "kr", "NOK": "kr", "DKK": "kr",
    "CAD": "CA$", "AUD": "A$", "CNY": "CN¥", "KRW": "₩", "BRL": "R$",
}  # fmt: skip
CURRENCIES = {
    "ar": {
        "EUR": "يورو", "USD": "دولار", "GBP": "جنيه إسترليني", "CHF": "فرنك سويسري", "JPY": "ين", "INR": "روبية",
        "SEK": "كرونة سويدية", "NOK": "كرونة نرويجية", "DKK": "كرونة دنماركية", "CAD": "دولار كندي",
        "AUD": "دولار أسترالي", "CNY": "يوان", "SAR": "ريال سعودي", "AED": "درهم إماراتي", "QAR": "ريال قطري",
        "KWD": "دينار كويتي", "EGP": "جنيه مصري", "IRR": "ريال إيراني", "TRY": "ليرة تركية",
    },
    "fa": {
        "EUR": "یورو", "USD": "دلار", "GBP": "پوند", "CHF": "فرانک سوئیس", "JPY": "ین", "INR": "روپیه",
        "SEK": "کرون سوئد", "NOK": "کرون نروژ", "DKK": "کرون دانمارک", "CAD": "دلار کانادا", "AUD": "دلار استرالیا",
        "CNY": "یوان", "SAR": "ریال سعودی", "AED": "درهم امارات", "QAR": "ریال قطر", "KWD": "دینار کویت",
        "EGP": "پوند مصر", "IRR": "ریال", "TRY": "لیر ترکیه",
    },
}  # fmt: skip
