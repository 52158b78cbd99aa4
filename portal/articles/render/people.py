"""Say who made an article: its authors with numbered affiliations, who reviewed it and who translated it."""

from dataclasses import dataclass

from ..models import Contribution

Role = Contribution.Role


@dataclass(frozen=True)
class Person:
    """One person in one role; `numbers` are those of the affiliations."""

    name: str
    family: str
    credentials: str
    orcid: str
    role: str
    numbers: tuple[int, ...]
    is_corresponding: bool

    @property
    def given(self) -> str:
        """The name without the family name, or "" for a group."""
        return self.name.removesuffix(self.family).strip() if self.family else ""

    @property
    def label(self) -> str:
        """The role as readers see it."""
        return str(Role(self.role).label)

    @property
    def has_lived_experience(self) -> bool:
        """Whether the person writes from experience of what the article is about."""
        return self.role == Role.LIVED_EXPERIENCE


@dataclass(frozen=True)
class Makers:
    """Everybody who made an article, the authors first, and where the authors work."""

    authors: tuple[Person, ...]
    helpers: tuple[Person, ...]
    affiliations: tuple[str, ...]

    @property
    def corresponding(self) -> Person | None:
        """Who answers letters, or None."""
        return next((person for person in self.authors if person.is_corresponding), None)

    @property
    def reviewers(self) -> list[str]:
        """The names of the medical reviewers."""
        return [person.name for person in self.helpers if person.role == Role.MEDICAL_REVIEWER]


def makers(records: list[dict]) -> Makers:
    """Return who made an article from the records of the page's statement, in their order.

    Affiliations are numbered as they first appear; one that several people share has one number.
    """
    numbers: dict[int, int] = {}
    names: list[str] = []
    people = []
    for record in sorted(records, key=lambda record: record["role"] not in Contribution.BYLINE):
        for number, name in record["affiliations"] or ():
            if number not in numbers:
                names.append(name)
                numbers[number] = len(names)
        people.append(_person(record, tuple(numbers[number] for number, _name in record["affiliations"] or ())))
    authors = tuple(person for person in people if person.role in Contribution.BYLINE)
    return Makers(authors, tuple(person for person in people if person not in authors), tuple(names))


def _person(record: dict, numbers: tuple[int, ...]) -> Person:
    return Person(
        name=record["name"],
        family=record["family"],
        credentials=record["credentials"] or "",
        orcid=record["orcid"],
        role=record["role"],
        numbers=numbers,
        is_corresponding=record["is_corresponding"],
    )
