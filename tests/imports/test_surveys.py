"""Answers of another tool's survey come in by file, once, and promoters nominate."""

from datetime import timedelta

import pytest

from crp.verbs import today
from references.models import CustomerStatus, Nomination, SurveyResponse
from tests.conftest import make_contact, make_customer
from tests.imports.test_usage import take

pytestmark = pytest.mark.django_db
DAY = today() - timedelta(days=10)
HEAD = "external_id,customer,contact,kind,score,comment,on\n"


def test_answers_come_in_once_and_a_promoter_nominates() -> None:
    ida = make_contact(make_customer("Solvento", status=CustomerStatus.CANDIDATE), "Ida Berg")
    text = f"{HEAD}r-1,Solvento,Ida Berg,nps,10,=good,{DAY}\nr-2,Solvento,,satisfaction,4,,{DAY}\n"
    assert take("surveys", text).written.created == 2
    assert take("surveys", text).written.unchanged == 2
    said = SurveyResponse.objects.get(kind="nps")
    assert (said.contact, said.score, said.comment, said.external_id) == (ida, 10, "=good", "r-1")
    assert Nomination.objects.get().origin == "survey"
    changed = take("surveys", text.replace(",10,", ",9,"))
    assert (changed.written.updated, changed.written.unchanged) == (1, 1)


def test_without_an_id_person_question_and_day_say_which_answer_it_is() -> None:
    make_contact(make_customer("Solvento"), "Ida Berg")
    text = f"customer,contact,score,on\nSolvento,Ida Berg,8,{DAY}\n"
    assert take("surveys", text).written.created == 1
    assert take("surveys", text).written.unchanged == 1


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("r,Solvento,,satisfaction,6,,DAY", "score"), ("r,Solvento,,nps,11,,DAY", "score"),
        ("r,Solvento,Nobody,nps,5,,DAY", "contact"),
        ("r,Solvento,,stars,5,,DAY", "kind"), ("r,Solvento,,nps,5,,2199-01-01", "on"), ("r,Unknown,,nps,5,,DAY", "customer"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_and_nothing_comes_in(row: str, field: str) -> None:
    make_customer("Solvento")
    report = take("surveys", HEAD + row.replace("DAY", str(DAY)) + "\n")
    assert [fault.field for fault in report.faults] == [field]
    assert not SurveyResponse.objects.exists()
