"""How a text file is written: its encoding and its separator, guessed from its first bytes; a person may say otherwise."""

import codecs
import unicodedata
from dataclasses import dataclass

# Enough to tell, little enough to read at once.
HEAD = 256 * 1024
ENCODINGS = (
    ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("cp1256", "Windows-1256"),
    ("iso8859-1", "ISO-8859-1"), ("iso8859-2", "ISO-8859-2"), ("iso8859-6", "ISO-8859-6"), ("iso8859-9", "ISO-8859-9"),
    ("iso8859-15", "ISO-8859-15"),
)  # fmt: skip
SEPARATORS = ((",", ","), (";", ";"), ("\t", "Tab"), ("|", "|"))
# Order breaks a tie: what Excel writes comes first.
ONE_BYTE = ("cp1252", "cp1256", "iso8859-2", "iso8859-6", "iso8859-9")
COMMON_ARABIC = set("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگکی\u200c")
COMMON_LATIN = set("äöüßéèêëàâáãåæçñóòôõøúùûíìîïÄÖÜÉÈÀÁÅÆÇÑÓØÚÍ€–—’‘“”«»°£§")


@dataclass(frozen=True)
class Shape:
    """
    Encoding as Python names it, separator as one character; an empty one is guessed. Of a workbook the name of its sheet,
    the first if empty.
    """

    encoding: str = ""
    separator: str = ""
    sheet: str = ""


def guess(head: bytes, said: Shape = Shape()) -> Shape:
    """What was said, with what was not said guessed from the first bytes."""
    encoding = said.encoding or guess_encoding(head)
    text = decoded(head, encoding)
    return Shape(encoding, said.separator or guess_separator(text))


def decoded(head: bytes, encoding: str) -> str:
    """The head as text; a letter cut in two at its end is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def guess_encoding(head: bytes) -> str:
    """A mark decides, then zeros at every second byte, then valid UTF-8; else the code page with the likeliest letters."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding, zeros in (("utf-16-le", head[1:4000:2]), ("utf-16-be", head[0:4000:2])):
        if len(zeros) > 4 and zeros.count(0) > len(zeros) * 0.4:
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return max(ONE_BYTE, key=lambda encoding: likeliness(head, encoding))
    return "utf-8-sig"


def likeliness(head: bytes, encoding: str) -> float:
    """How much the letters beyond ASCII look like writing: usual letters count for, odd signs and mixed words against."""
    text = decoded(head, encoding)
    score = 0.0
    for before, letter in zip(" " + text, text, strict=False):
        if letter < "\x80":
            continue
        if letter == "\ufffd" or unicodedata.category(letter) == "Cc":
            score -= 5
        elif "\u0600" <= letter <= "\u06ff" or letter == "\u200c":
            mixed = before.isascii() and before.isalpha()
            score += -2 if mixed else (1.1 if letter in COMMON_ARABIC else -1)
        elif letter in COMMON_LATIN:
            alone = not before.isascii() and before.isalpha()
            score += 0.2 if alone else 1.05
        elif letter.isalpha():
            score += 0.9 if encoding == "iso8859-2" and before.isascii() else 0.2
        else:
            score -= 0.5
    return score


def guess_separator(text: str) -> str:
    """The sign that stands outside quotes in the first line and as often in those below."""
    lines = [bare(line) for line in text.splitlines()[:20] if line.strip()] or [""]

    def worth(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return (sum(1 for count in counts if count == counts[0] > 0), counts[0])

    return max((sign for sign, _label in SEPARATORS), key=worth)


def bare(line: str) -> str:
    """The line without what stands in quotes."""
    return "".join(line.split('"')[::2])


def encoding_label(encoding: str) -> str:
    return dict(ENCODINGS).get(encoding, encoding.upper())
