"""Importing what customers said in another tool's survey."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events.writing import record_each
from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.search import normalise
from crp.verbs import today
from references.importing.known import by_external_id, companies, words_for
from references.importing.usage import contacts_of, person
from references.models import Customer, SurveyResponse
from references.models.survey import RANGES, SurveyKind
from references.verbs import Verb


class SurveySpec:
    kind = "surveys"
    label = gettext_lazy("Survey answers")
    fields = (
        Field("external_id", gettext_lazy("External id"), values.text(120)),
        Field("customer", gettext_lazy("Customer"), values.text(200), required=True, lookup="customer"),
        Field("contact", gettext_lazy("Contact"), values.text(254)),
        Field("kind", gettext_lazy("Question"), values.text(40), lookup="question"),
        Field("score", gettext_lazy("Score"), values.whole(0, 10), required=True),
        Field("comment", gettext_lazy("Comment"), values.text(5000)),
        Field("on", gettext_lazy("Day"), values.day, required=True),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {"customer": companies(), "question": words_for(SurveyKind, _("question"))}

    def key(self, row: Row) -> Any:
        who = (row.get("customer").pk, normalise(row.get("contact", "")))
        return row.get("external_id") or (*who, row.get("kind", SurveyKind.NPS), row.get("on").isoformat())

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """The score fits its question, the day is over, and whoever is named works there."""
        people = contacts_of(rows)
        for row in rows:
            least, most = RANGES[SurveyKind(row.get("kind", SurveyKind.NPS))]
            if not least <= row.get("score") <= most:
                report(row, "score", _("is not between %(least)s and %(most)s") % {"least": least, "most": most})
            if row.get("on") > today():
                report(row, "on", _("is still to come"))
            if row.get("contact") and person(row, people) is None:
                names = [one.name for one in people.values() if one.customer_id == row.get("customer").pk]
                report(row, "contact", _("is not one of their people"), values.closest(row.get("contact"), names))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        """Upsert; whatever is new is followed up as if it came by our own page."""
        people = contacts_of(rows)
        theirs = by_external_id(
            SurveyResponse, source, [row.get("external_id") for row in rows if row.get("external_id")]
        )
        held = SurveyResponse.objects.filter(customer__in={row.get("customer").pk for row in rows})
        known = {(one.customer_id, one.contact_id, one.kind, one.on): one for one in held}

        def wanted(row: Row) -> dict[str, Any]:
            found = person(row, people)
            facts = {name: row.get(name) for name in ("external_id", "comment") if row.get(name) is not None}
            return {
                "customer_id": row.get("customer").pk, "contact_id": found.pk if found else None,
                "kind": str(row.get("kind", SurveyKind.NPS)), "score": row.get("score"), "on": row.get("on"), **facts,
            }  # fmt: skip

        def find(row: Row) -> SurveyResponse | None:
            if row.get("external_id"):
                return theirs.get(row.get("external_id"))
            facts = wanted(row)
            return known.get((facts["customer_id"], facts["contact_id"], facts["kind"], facts["on"]))

        upsert = Upsert(SurveyResponse, find)
        upsert.take(rows, wanted, on_create={"source": source})
        written = upsert.save()
        self.follow_up(upsert.new, by)
        return written

    def follow_up(self, fresh: list[SurveyResponse], by: Any) -> None:
        """Events for all; of each customer's the latest answers nominate or warn."""
        customers = Customer.objects.select_related("owner").in_bulk({one.customer_id for one in fresh})
        record_each(Verb.SURVEY_IMPORTED, customers.values(), by=by)
        latest: dict[tuple[int, str], SurveyResponse] = {}
        for one in sorted(fresh, key=lambda one: one.on):
            latest[one.customer_id, one.kind] = one
        for one in latest.values():
            one.customer = customers[one.customer_id]
            one.follow_up()


register(SurveySpec())
