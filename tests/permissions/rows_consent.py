"""Choices by link, where a person is used, what is held about him."""

from tests.permissions.rows_references import MANAGES, SEES, contact, customer, posted
from tests.permissions.table import Row, everyone

GONE = everyone(410, anonymous=410)

ROWS = [
    Row("references:contact_used", SEES, kwargs=contact),
    Row("references:contact_held", MANAGES, kwargs=contact),
    Row("references:customer_answers", MANAGES, kwargs=customer),
    Row(
        "references:customer_answers", posted(MANAGES), kwargs=customer, method="post", data={"sales-call-answer": "no"}
    ),
    Row("references:choices", GONE, kwargs={"token": "nonsense"}),
    Row("references:choices_stop", GONE, kwargs={"token": "nonsense"}),
    Row("references:choices_stop", GONE, kwargs={"token": "nonsense"}, method="post"),
]
