"""The third activity: deals, requests, people asked, calls held; a year of them and the present week."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from crp.accounts.models import User
from crp.demo import cast, clock
from crp.demo.recruiting import Recruiting, now_of, pick
from crp.verbs import Refused
from requests_app import matching
from requests_app.models import Assignment, AssignmentState, Opportunity, ReferenceRequest

SELLERS = ("Sam Brandt", "Sam Brandt", "Sofia Lindqvist", "Shirin Rahimi", "Lena Fuchs", "Omar Haddad")
STAGES = ("Discovery", "Proposal", "Negotiation")
TOPICS = (
    "Roll-out across several sites, and how finance closed the month during the switch.",
    "What went wrong in the first weeks, and how long it took to put right.",
    "Cost per unit after year one.",
    "How the night shift took to it.",
)
# type, weeks ahead needed, how far it has come
PRESENT = [
    ("sales-call", -1, "invited"), ("site-visit", 2, "submitted"), ("rfp-text", 3, "submitted"), ("sales-call", 3, "taken"),
    ("sales-call", 4, "owner"), ("sales-call", 5, "invited"), ("quote", 6, "accepted"), ("sales-call", 8, "scheduled"),
    ("case-study", 20, "taken"), ("sales-call", 12, "owner"), ("sales-call", 9, "invited"), ("sales-call", 15, "submitted"),
]  # fmt: skip


class Selling:
    """Needs recruited references; afterwards the ledger, the deals and the queue are full."""

    def __init__(self, world: Recruiting, chance: Random) -> None:
        self.world, self.chance, self.today = world, chance, world.today
        self.maya, self.tariq = world.maya, world.people["Tariq Benali"]

    def tell_the_past(self, months: int = 13) -> None:
        """Deals opened and closed month by month; some had a reference."""
        for back in range(months, 0, -1):
            first = self.today - timedelta(days=30 * back)
            for _deal in range(self.chance.randint(13, 19)):
                self.close_one(first + timedelta(days=self.chance.randint(0, 27)))

    def close_one(self, closes: date) -> None:
        """One deal from opening to close."""
        opened = closes - timedelta(days=self.chance.randint(35, 120))
        seller = self.world.people[pick(self.chance, list(SELLERS))]
        helped = self.chance.random() < 0.3
        with clock.at(now_of(opened)):
            deal = self.open_deal(seller, opened)
        if helped:
            helped = self.fulfil(deal, seller, opened, closes)
        won = self.chance.random() < (0.43 if helped else 0.3)
        with clock.at(now_of(closes)):
            deal.refresh_from_db()
            deal.close(by=seller, state="won" if won else "lost", closed_on=closes)

    def open_deal(self, seller: User, opened: date, prospect: tuple[str, str, str] | None = None) -> Opportunity:
        """A deal with a prospect; its number keeps two deals with one prospect apart."""
        name, industry, country = prospect or pick(self.chance, cast.PROSPECTS)
        return Opportunity.objects.add(
            by=seller,
            name=name,
            prospect=name,
            amount=self.chance.randint(40, 420) * 1_000,
            currency="EUR",
            opened_on=opened,
            industry=self.world.industries[industry],
            country=country,
            product=pick(self.chance, self.world.products),
            stage=pick(self.chance, list(STAGES)),
            expected_close_on=opened + timedelta(days=90),
        )

    def fulfil(self, deal: Opportunity, seller: User, opened: date, closes: date) -> bool:
        """A request asked, matched and completed before the deal closed; False where nobody could be asked."""
        asked = opened + timedelta(days=self.chance.randint(3, 12))
        with clock.at(now_of(asked)):
            slug = pick(self.chance, ["sales-call", "sales-call", "sales-call", "quote", "rfp-text"])
            request = self.ask(seller, deal, slug, asked + timedelta(days=self.chance.randint(7, 15)))
        manager = pick(self.chance, [self.maya, self.maya, self.tariq])
        with clock.at(now_of(asked) + timedelta(hours=self.chance.randint(1, 40))):
            request.take(by=manager)
            assignment = self.propose(request, manager)
        if assignment is None:
            with clock.at(now_of(asked + timedelta(days=9))):
                request.close(by=manager, reason="Nobody in this branch has room before the date.")
            return False
        return self.carry_through(assignment, manager, asked, min(closes, self.today - timedelta(days=1)))

    def carry_through(self, assignment: Assignment, manager: User, asked: date, latest: date) -> bool:
        """From agreed to completed, a few days later; now and then somebody says no."""
        asked_at = now_of(asked) + timedelta(days=2, hours=self.chance.randint(0, 30))
        with clock.at(asked_at):
            self.agree(assignment)
            assignment.invite(
                by=manager, message="They are about to do what you did, and would like to hear how it went."
            )
        with clock.at(asked_at + timedelta(hours=self.chance.randint(2, 60))):
            if self.chance.random() < 0.14:
                assignment.decline(reason="Not this month.")
                assignment.request.close(by=manager, reason="The one who fitted had no time.")
                return False
            assignment.accept()
        on = min(asked_at.date() + timedelta(days=self.chance.randint(3, 8)), latest)
        with clock.at(max(now_of(on) + timedelta(hours=5), asked_at + timedelta(hours=61))) as moment:
            rating = pick(self.chance, [3, 4, 4, 5, 5, 5])
            assignment.complete(by=manager, occurred_on=min(on, moment.date()), outcome="helped", rating=rating)
        return True

    def ask(self, seller: User, deal: Opportunity | None, slug: str, need_by: date, **more: Any) -> ReferenceRequest:
        return ReferenceRequest.ask(
            by=seller,
            opportunity=deal,
            activity_type=self.world.types[slug],
            need_by=need_by,
            topics=pick(self.chance, list(TOPICS)),
            **more,
        )

    def propose(self, request: ReferenceRequest, manager: User) -> Assignment | None:
        """The best match that may be asked; None when there is none."""
        for match in matching.rank(request, limit=15):
            if any(problem.severity == "blocker" for problem in match.problems):
                continue
            try:
                return request.propose(contact=match.contact, by=manager)
            except Refused:
                continue
        return None

    def agree(self, assignment: Assignment) -> None:
        """The account owner agrees where he has to; nobody agrees to his own wish."""
        assignment.refresh_from_db()
        if assignment.state == AssignmentState.OWNER_APPROVAL:
            owner = assignment.contact.customer.owner
            assignment.approve(by=owner if owner and owner != assignment.requester else self.maya)

    def sell_to_customers(self) -> None:
        """References buy again too; by that revenue customers get their tier."""
        for number, customer in enumerate(self.world.customers):
            closes = self.today - timedelta(days=20 + 13 * number % 300)
            seller = customer.owner or self.world.people["Sofia Lindqvist"]
            with clock.at(now_of(closes - timedelta(days=50))):
                deal = self.open_deal(
                    seller,
                    closes - timedelta(days=50),
                    (f"{customer.name}, extension", str(customer.industry), customer.country),
                )
                deal.edit(by=self.maya, account=customer)
            with clock.at(now_of(closes)):
                deal.close(
                    by=seller,
                    state="won",
                    closed_on=closes,
                    amount=Decimal((customer.employees or 0) * 55 // 1000 * 1000 + 9_000),
                )

    def tell_the_present(self) -> None:
        """Open deals, and requests in every stage."""
        for number, prospect in enumerate(cast.PROSPECTS):
            seller = self.world.people[SELLERS[number % len(SELLERS)]]
            opened = self.today - timedelta(days=self.chance.randint(10, 60))
            with clock.at(now_of(opened)):
                deal = self.open_deal(seller, opened, prospect)
            if number < len(PRESENT):
                self.queue(deal, seller, number, *PRESENT[number])
        with clock.at(now_of(self.today - timedelta(days=5))):
            mina = self.world.people["Mina Orsini"]
            self.ask(mina, None, "analyst-interview", self.today + timedelta(days=4), purpose="analyst")

    def queue(self, deal: Opportunity, seller: User, number: int, slug: str, days: int, stage: str) -> None:
        """A request as far as `stage`."""
        asked = now_of(self.today - timedelta(days=6 if days < 0 else 1 + number % 3)) + timedelta(minutes=37 * number)
        with clock.at(asked):
            request = self.ask(seller, deal, slug, max(self.today + timedelta(days=days), asked.date()))
        manager = self.tariq if number % 4 == 3 else self.maya
        if stage == "submitted":
            return
        with clock.at(asked + timedelta(hours=3)):
            request.take(by=manager)
            assignment = self.propose(request, manager) if stage != "taken" else None
        if assignment and stage != "owner":
            self.advance(assignment, manager, stage, asked + timedelta(hours=5))

    def advance(self, assignment: Assignment, manager: User, stage: str, moment: datetime) -> None:
        with clock.at(moment):
            self.agree(assignment)
            slots = [
                now_of(self.today + timedelta(days=days)) + timedelta(hours=hours)
                for days, hours in ((3, 3), (4, -1), (4, 5))
            ]
            assignment.invite(
                by=manager, slots=slots, message="They are about to do what you did. You can be as frank as you like."
            )
        if stage == "invited":
            return
        with clock.at(moment + timedelta(hours=4)):
            assignment.accept(slot=assignment.slots.first() if stage == "scheduled" else None)
