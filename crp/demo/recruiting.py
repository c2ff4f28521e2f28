"""The first activity: people join, customers are suggested, reviewed and say what they will do."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from crp.accounts.models import Team, User
from crp.demo import cast, clock
from references.models import (
    Activity,
    ActivityType,
    Contact,
    Customer,
    Deployment,
    Industry,
    Nomination,
    Note,
    Product,
    Region,
    SurveyResponse,
    UseCase,
    Willingness,
)

# How a reference usually answers, per type: yes, ask first, no; the rest was never asked.
USUAL = {
    "name-drop": (80, 10, 5), "logo-use": (70, 15, 5), "quote": (70, 15, 5), "rfp-text": (50, 20, 10),
    "success-story": (45, 25, 10),
    "case-study": (35, 25, 15), "roi-case-study": (20, 20, 25), "sales-call": (78, 15, 5), "pr": (15, 25, 35),
    "analyst-interview": (20, 25, 25), "video-testimonial": (20, 20, 35), "site-visit": (25, 25, 25),
}  # fmt: skip


class Recruiting:
    """Tells the years before: afterwards `people`, `customers` and `contacts` know each other."""

    def __init__(self, today: date, start: datetime, chance: Random) -> None:
        self.today, self.start, self.chance = today, start, chance
        self.people: dict[str, User] = {}
        self.customers: list[Customer] = []
        self.types = {one.slug: one for one in ActivityType.objects.all()}

    def tell(self) -> "Recruiting":
        with clock.at(self.start):
            self.join()
            self.taxonomy()
        for number, company in enumerate(cast.COMPANIES):
            with clock.at(self.start + timedelta(days=6 * number, hours=self.chance.randint(0, 5))):
                self.customers.append(self.recruit(company))
        self.suggest()
        return self

    def join(self) -> None:
        """Colleagues and their teams."""
        teams = {name: Team.objects.create(name=name, region=region) for name, region in cast.TEAMS.items()}
        for name, roles, team, language, zone in cast.PEOPLE:
            email = f"{name.split()[0].lower()}@halden.example"
            self.people[name] = User.objects.create_user(
                email,
                name=name,
                roles=[str(role) for role in roles],
                team=teams.get(team),
                language=language,
                timezone=zone,
            )

    def taxonomy(self) -> None:
        self.products = [
            Product.objects.create(name=name, family=family, list_price=price, currency="EUR")
            for name, family, price in cast.PRODUCTS
        ]
        self.use_cases = [UseCase.objects.create(name=name) for name in cast.USE_CASES]
        for name, countries in cast.REGIONS.items():
            Region.objects.create(name=name, countries=countries)
        self.industries = {one.name: one for one in Industry.objects.all()}

    @property
    def maya(self) -> User:
        return self.people["Maya Keller"]

    def recruit(self, company: cast.Company) -> Customer:
        """A customer is added, suggested, approved, and its people say what they will do."""
        owner = self.people.get(company.owner)
        customer = Customer.objects.add(
            by=self.maya,
            name=company.name,
            industry=self.industries[company.industry],
            country=company.country,
            employees=company.employees,
            annual_revenue=company.revenue_m * 1_000_000 or None,
            currency="EUR",
            owner=owner,
            customer_since=self.start.date() - timedelta(days=self.chance.randint(200, 1500)),
            renewal_on=self.today + timedelta(days=self.chance.randint(20, 500)),
            publicity=self.chance.choice(["full", "logo", "full", "full", "name"]),
        )
        for number in company.products:
            Deployment.objects.create(
                customer=customer,
                product=self.products[number],
                since=customer.customer_since,
                use_case=self.use_cases[company.use_case],
            )
        nominator = owner or self.people["Sofia Lindqvist"]
        Nomination.submit(
            by=nominator, customer=customer, reason="They speak well of us, and they speak well."
        ).approve(by=self.maya)
        for person in company.people:
            self.meet(customer, person)
        return customer

    def meet(self, customer: Customer, person: tuple[str, str, str, str, str]) -> Contact:
        """A person agrees, and answers for each kind of activity."""
        name, title, seniority, function, language = person
        host = (
            customer.name.split()[0].lower().replace("ö", "oe").replace("ü", "ue").replace("ä", "ae").replace("å", "a")
        )
        contact = Contact.objects.add(
            by=self.maya,
            customer=customer,
            name=name,
            job_title=title,
            seniority=seniority,
            job_function=function,
            language=language,
            email=f"contact{Contact.objects.count() + 1}@{host.encode('ascii', 'ignore').decode()}.example",
            timezone=zone_of(customer.country),
            phone=f"+00 555 {self.chance.randint(1000, 9999)}",
        )
        contact.grant_consent(by=self.maya, source="Letter of agreement")
        for slug, odds in USUAL.items():
            answer = self.chance.choices(["yes", "ask_first", "no", ""], weights=[*odds, 100 - sum(odds)])[0]
            if answer:
                limit = self.chance.choice([3, 4, 4, 6]) if slug == "sales-call" and answer != "no" else None
                Willingness.objects.say(contact, self.types[slug], answer, by=self.maya, limit_count=limit)
        return contact

    def suggest(self) -> None:
        """Nominations that still wait."""
        for name, industry, country, by, reason, days in cast.NOMINATED:
            with clock.at(now_of(self.today) - timedelta(days=days)):
                customer = Customer.objects.add(
                    by=self.maya, name=name, industry=self.industries[industry], country=country
                )
                Nomination.submit(
                    by=self.people.get(by), customer=customer, reason=reason, origin="person" if by else "survey"
                )

    def look_after(self) -> None:
        """Satisfaction, notes, a pause and a complaint over the last year."""
        for number, customer in enumerate(self.customers):
            contact = customer.contacts.first()
            for quarter in range(4, 0, -1):
                moment = now_of(self.today) - timedelta(days=85 * quarter + self.chance.randint(-20, 20))
                with clock.at(moment):
                    score = min(10, max(5, round(self.chance.gauss(8.6, 1.1))))
                    words = cast.SAID[(number + quarter) % len(cast.SAID)] if (number + quarter) % 3 == 0 else ""
                    SurveyResponse.objects.note(
                        by=None,
                        customer=customer,
                        contact=contact,
                        kind="nps",
                        score=score,
                        on=moment.date(),
                        comment=words,
                    )
            if number % 3 == 0:
                with clock.at(now_of(self.today) - timedelta(days=30 + number)):
                    Note.objects.write(
                        by=self.maya,
                        customer=customer,
                        text="Good moment to ask again after the year end.",
                        on=self.today - timedelta(days=30 + number),
                    )
        self.wear_out()
        self.customers[11].pause(
            by=self.maya,
            starts_on=self.today - timedelta(days=9),
            until=self.today + timedelta(days=40),
            reason="renewal",
            note="Talks until the new contract is signed.",
        )

    def wear_out(self) -> None:
        """Some are asked more than others: calls outside the program that reps owned up to."""
        quarter = date(self.today.year, 3 * ((self.today.month - 1) // 3) + 1, 1)
        span = max((self.today - quarter).days - 1, 1)
        for number, slugs in (
            (4, ["sales-call", "case-study", "sales-call", "sales-call", "quote"]),
            (5, ["sales-call", "case-study", "sales-call"]),
            (8, ["case-study", "roi-case-study", "quote"]),
        ):
            contact = self.customers[number].contacts.first()
            for step, slug in enumerate(slugs):
                on = quarter + timedelta(days=span * step // len(slugs))
                with clock.at(now_of(on)):
                    Activity.objects.log(
                        contact=contact,
                        activity_type=self.types[slug],
                        on=on,
                        by=self.maya,
                        note="Agreed on the phone.",
                    )


def now_of(day: date) -> datetime:
    """Ten in the morning, UTC, of the day."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def zone_of(country: str) -> str:
    zones = {
        "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "DK": "Europe/Copenhagen", "ES": "Europe/Madrid",
        "PT": "Europe/Lisbon", "AE": "Asia/Dubai", "QA": "Asia/Qatar", "OM": "Asia/Muscat", "KW": "Asia/Kuwait",
        "US": "America/Chicago", "CA": "America/Toronto",
    }  # fmt: skip
    return zones.get(country, "Europe/Berlin")


def pick(chance: Random, things: list[Any], weights: list[int] | None = None) -> Any:
    return chance.choices(things, weights=weights)[0]
