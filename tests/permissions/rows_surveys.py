"""Surveys and doubles of nominations: who may read, ask and answer."""

from typing import Any

from tests.permissions.rows_references import API, MANAGES, STAFF, api, contact, posted
from tests.permissions.table import Row, World, everyone, only

SETS_UP = only("maya", "adam")


def tell(world: World) -> None:
    world.survey = world.customer.survey_responses.create(
        contact=world.contact, kind="satisfaction", score=4, on="2026-01-05"
    )


def survey(w: World) -> dict[str, Any]:
    return {"pk": w.survey.pk}


ROWS = [
    Row("references:nomination_alike", everyone(200, ola=403), query="?company=Vlaardingen"),
    Row("references:surveys", everyone(200)),
    Row("references:surveys", everyone(200), query="?view=waiting", note="waiting"),
    Row("references:survey_round", SETS_UP),
    Row("references:survey_round", posted(SETS_UP), method="post", data={"kind": "nps", "send": "1"}),
    Row("references:survey_ask", posted(MANAGES), kwargs=contact, method="post", data={"kind": "nps"}),
    Row("references:survey", everyone(410, anonymous=410), kwargs={"token": "nonsense"}),
    Row("api:nomination-alike", {**everyone(200), **API}, query="?company=Vlaardingen"),
    Row("api:survey-list", {**everyone(200), **API}),
    Row("api:survey-list", api({**only("maya", "omar", "adam", "mina", "eva"), "mina": 403, "eva": 403, "ola": 400}, 201), method="post",
        data=lambda w: {"contact": w.contact.pk, "score": 9}),
    Row("api:survey-detail", api(only(*STAFF, "omar", refused=404)), kwargs=survey),
    Row("api:survey-ask", api({**only("maya", "omar", "adam"), "ola": 400}, 201), method="post", data=lambda w: {"contact": w.contact.pk}),
]  # fmt: skip
