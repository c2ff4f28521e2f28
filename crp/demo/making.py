"""The second activity: material, from idea to published, and what was shared of it."""

from datetime import date, timedelta
from random import Random

from crp.accounts.models import User
from crp.demo import cast, clock
from crp.demo.recruiting import Recruiting, now_of
from materials.models import Material
from references.models import Contact
from requests_app.models import Opportunity

ORDER = ("idea", "draft", "internal", "customer", "published")
BODY = """Before, every site kept its own ledger.

- One weekend for the switch
- No paper on the quay
- The month closes in three days, not nine

*What they would do again:* start with the site that complains most.
"""


class Making:
    def __init__(self, world: Recruiting, chance: Random) -> None:
        self.world, self.chance, self.today = world, chance, world.today
        self.mina, self.jonas = world.people["Mina Orsini"], world.people["Jonas Pohl"]

    def tell(self) -> None:
        for number, (kind, title, company, summary, audience, reached) in enumerate(cast.MATERIAL):
            maker, reader = (self.mina, self.jonas) if number % 3 else (self.jonas, self.mina)
            started = self.today - timedelta(days=300 - 18 * number)
            with clock.at(now_of(started)):
                material = self.create(
                    maker, kind, title, company, summary, audience, idea=reached == "idea", day=started
                )
            self.bring_to(material, reached, maker, reader, started)

    def create(
        self, maker: User, kind: str, title: str, company: int, summary: str, audience: str, *, idea: bool, day: date
    ) -> Material:
        customer = self.world.customers[company]
        named = kind != "quote" or company == 0
        return Material.create(
            by=maker,
            idea=idea,
            kind=kind,
            title=title,
            customer=customer,
            summary=summary,
            body=BODY,
            audience=audience,
            naming="full" if named else "anonymous",
            language="en",
            due_on=self.today + timedelta(days=self.chance.randint(-2, 40)),
            contacts=list(customer.contacts.all()[:1]) if named else [],
            products=[item.product for item in customer.deployments.all()],
            industries=[customer.industry],
        )

    def bring_to(self, material: Material, reached: str, maker: User, reader: User, started: date) -> None:
        """Step by step as far as `reached`."""
        steps = ORDER.index(reached)
        if steps >= 2:
            with clock.at(now_of(started + timedelta(days=6))):
                material.submit_for_review(by=maker)
        if reached == "customer":
            with clock.at(now_of(self.today - timedelta(days=self.chance.randint(1, 9)))):
                material.send_to_customer(self.voice(material), by=reader, until=self.today + timedelta(days=12))
        if reached == "published":
            self.publish(material, maker, reader, started + timedelta(days=20))

    def voice(self, material: Material) -> Contact:
        """The customer's first person, who approves."""
        return Contact.objects.filter(customer=material.customer).order_by("pk")[0]

    def publish(self, material: Material, maker: User, reader: User, day: date) -> None:
        with clock.at(now_of(day)):
            if material.names_customer:
                material.send_to_customer(self.voice(material), by=maker, until=day + timedelta(days=30)).answer(
                    "approve", naming=material.naming
                )
                material.refresh_from_db()
                material.forget()
            else:
                material.approve(by=reader)
            material.publish(by=maker)

    def use(self) -> None:
        """Reps used some of it on their open and recent deals."""
        published = list(Material.objects.filter(state="published", audience__in=["shareable", "public"]))
        for number, deal in enumerate(Opportunity.objects.open().select_related("owner").order_by("pk")[:8]):
            day = max(self.today - timedelta(days=3 + number), deal.opened_on or self.today)
            with clock.at(now_of(day)):
                deal.use_material(by=deal.owner, material=published[number % len(published)], on=day)
