"""How good it was, in the words of who asked and of the prospect."""

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.verbs import Refused

TODAY = timezone.localdate


def test_the_debrief_takes_down_the_prospect_s_rating_too(as_user, sam, accepted):
    body = {"occurred_on": TODAY().isoformat(), "outcome": "helped", "rating": "4", "prospect_rating": "5"}
    as_user(sam).post(reverse("requests_app:assignment_complete", args=[accepted.pk]), body)
    accepted.refresh_from_db()
    assert (accepted.state, accepted.rep_rating, accepted.prospect_rating) == ("completed", 4, 5)


@pytest.mark.parametrize("field", ["rating", "prospect_rating"])
def test_a_rating_is_from_one_to_five(field, sam, accepted):
    with pytest.raises(Refused) as refused:
        accepted.complete(by=sam, occurred_on=TODAY(), outcome="helped", **{field: 6})
    assert refused.value.field == field
    accepted.refresh_from_db()
    assert accepted.state == "accepted"
