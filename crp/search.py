"""One spelling for searching: Latin, Arabic and Persian text folded to what people mean."""

import re
import unicodedata

LETTERS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
        "\u200c": " ", "\u200d": "", "\u0640": "", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "æ": "ae",
        **{digit: str(number) for number, digit in enumerate("٠١٢٣٤٥٦٧٨٩")},
        **{digit: str(number) for number, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")},
    }
)  # fmt: skip


def normalise(*texts: str) -> str:
    """Lower case, without accents, diacritics, tatweel and half-spaces; one kind of ya, kaf, alef and digit; single spaces."""
    joined = unicodedata.normalize("NFKD", " ".join(text for text in texts if text).translate(LETTERS))
    bare = "".join(letter for letter in joined if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", bare).strip().casefold()
