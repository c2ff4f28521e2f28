"""What keeps references well: things to do, thanks given, people they sent to us, and customers who might join them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from crp.demo import clock
from crp.demo.recruiting import Recruiting, now_of
from references import vitals
from references.models import Complaint, Customer, Deployment, Referral, Reward, SurveyResponse, Task
from requests_app.models import Opportunity

# Name, branch, country, product, score they gave (None: not asked), an open complaint.
CANDIDATES = [
    ("Halmstad Verkstad", "Machinery", "SE", 0, 9, ""), ("Tampere Steel", "Manufacturing", "FI", 1, 8, ""),
    ("Werner & Söhne", "Machinery", "DE", 0, 10, ""), ("Alpenmilch Reuttlingen", "Food and cold chain", "AT", 1, 7, ""),
    ("Nordkap Chemie", "Chemicals", "NO", 1, 6, "Delivery three weeks late"),
    ("Klagenfurt Textil", "Textiles", "AT", 2, None, ""),
]  # fmt: skip
# Customer by number, what, days from today, who.
TASKS = [
    (0, "Ask Hanne when the new berth opens", 0, "Maya Keller"), (3, "Send the draft of the story again", 2, "Mina Orsini"),
    (6, "Find out who follows Pieter Maas", 5, "Maya Keller"), (9, "Invite them to the autumn evening", 12, "Maya Keller"),
    (5, "Ask for the numbers of the first year", 3, "Sam Brandt"),
]  # fmt: skip
# Customer by number, whom they sent, days ago, how far it has come.
REFERRALS = [
    (0, "Zeebrugge Bulk", 160, "won"), (4, "Weser Kühlhaus", 70, "linked"), (6, "Antwerp Cold Quay", 33, "in_touch"),
    (12, "Bergen Laks", 9, "made"), (15, "Setúbal Moldes", 120, "dropped"),
]  # fmt: skip


class Caring:
    """Needs recruited references and their deals."""

    def __init__(self, world: Recruiting) -> None:
        self.world, self.today, self.maya = world, world.today, world.maya

    def tell(self) -> None:
        self.satisfied()
        self.thank()
        for number, company, days, stage in REFERRALS:
            self.refer(self.world.customers[number], company, days, stage)
        for facts in CANDIDATES:
            self.candidate(*facts)
        for number, text, days, name in TASKS:
            Task.objects.add(
                by=self.maya, customer=self.world.customers[number], text=text, due_on=self.today + timedelta(days=days),
                assignee=self.world.people[name],
            )  # fmt: skip
        while vitals.keep_due(self.today):
            pass

    def satisfied(self) -> None:
        """How satisfied some are, birthdays, and a complaint that was settled."""
        for number, customer in enumerate(self.world.customers[:18]):
            contact = customer.contacts.order_by("pk").first()
            moment = now_of(self.today) - timedelta(days=20 + 13 * number)
            with clock.at(moment):
                SurveyResponse.objects.note(
                    by=None, customer=customer, contact=contact, kind="satisfaction", score=(4, 5, 4, 3, 5)[number % 5],
                    on=moment.date(),
                )  # fmt: skip
            if contact:
                contact.edit(by=self.maya, birthday_day=1 + number % 28, birthday_month=1 + number % 12)
        opened = self.today - timedelta(days=75)
        with clock.at(now_of(opened)):
            told = Complaint.objects.file(
                by=self.maya, customer=self.world.customers[2], summary="Invoices went to the old address", opened_on=opened,
                severity="low",
            )  # fmt: skip
        with clock.at(now_of(opened + timedelta(days=9))):
            told.close(by=self.maya, on=opened + timedelta(days=9))

    def thank(self) -> None:
        """Points for calls, a gift now and then; nothing to public servants."""
        for number in (0, 4, 5, 8):
            contact = self.world.customers[number].contacts.order_by("pk").first()
            if contact is None:
                continue
            days = timedelta(days=40 + 11 * number)
            with clock.at(now_of(self.today) - days):
                facts: dict[str, Any] = {"by": self.maya, "contact": contact, "on": self.today - days}
                Reward.objects.earn(points=20, why="A call that helped", **facts)
                if number % 2 == 0:
                    Reward.objects.grant(value=Decimal(35), why="A book on the harbour", **facts)

    def refer(self, customer: Customer, company: str, days: int, stage: str) -> None:
        """Somebody there sent somebody to us."""
        seller, made_on = self.world.people["Sam Brandt"], self.today - timedelta(days=days)
        with clock.at(now_of(made_on)):
            found = Referral.objects.make(
                by=self.maya, customer=customer, contact=customer.contacts.order_by("pk").first(), company=company, on=made_on,
                owner=seller,
            )  # fmt: skip
        with clock.at(now_of(made_on + timedelta(days=3))):
            if stage == "dropped":
                found.drop(by=seller, reason="They went with what their group uses.")
            elif stage != "made":
                found.reach(by=seller)
        if stage in ("linked", "won"):
            self.become_a_deal(found, made_on, won=stage == "won")

    def become_a_deal(self, found: Referral, made_on: Any, *, won: bool) -> None:
        seller = self.world.people["Sam Brandt"]
        with clock.at(now_of(made_on + timedelta(days=10))):
            deal = Opportunity.objects.add(
                by=seller, name=found.company, prospect=found.company, amount=Decimal(148_000), currency="EUR",
                opened_on=made_on + timedelta(days=10), stage="Proposal", industry=found.customer.industry,
                country=found.customer.country, product=self.world.products[0],
                expected_close_on=self.today + timedelta(days=60),
            )  # fmt: skip
            deal.come_from(found, by=seller)
        if won:
            closed = made_on + timedelta(days=95)
            with clock.at(now_of(closed)):
                deal.refresh_from_db()
                deal.close(by=seller, state="won", closed_on=closed)

    def candidate(
        self, name: str, industry: str, country: str, product: int, score: int | None, complaint: str
    ) -> None:
        """A customer who is no reference yet."""
        customer = Customer.objects.add(
            by=self.maya, name=name, industry=self.world.industries[industry], country=country,
            customer_since=self.today - timedelta(days=700),
        )  # fmt: skip
        Deployment.objects.create(
            customer=customer, product=self.world.products[product], since=customer.customer_since
        )
        if score is not None:
            SurveyResponse.objects.create(
                customer=customer, kind="nps", score=score, on=self.today - timedelta(days=30)
            )
        if complaint:
            Complaint.objects.file(
                by=self.maya, customer=customer, summary=complaint, opened_on=self.today - timedelta(days=12)
            )
