"""Thank-you mails belong to those who set the program up."""

from tests.permissions.rows_references import posted
from tests.permissions.table import Row, only

SETS_UP = only("maya", "adam")
TEXT = {"kind": "birthday", "language": "en"}

ROWS = [
    Row("references:thanks", SETS_UP),
    Row("references:thanks_switch", posted(SETS_UP), kwargs={"kind": "birthday"}, method="post", data={"sends": "1"}),
    Row("references:thanks_text", SETS_UP, kwargs=TEXT),
    Row(
        "references:thanks_text",
        posted(SETS_UP),
        kwargs=TEXT,
        method="post",
        data={"subject": "Good day", "text": "Dear {name}"},
    ),
]
