"""How many people who are there already are noticed when they are entered again, and how often for nothing.

    python tests/benchmarks/duplicates.py [--patients 100000] [--entries 400] [--seed 1]

Makes a vault of people who do not exist (names of several languages by the law of Zipf, birth dates over 95 years,
numbers in a row), then enters some of them again with slips, and as many who are not there. Says how many of the first
were shown, by the kind of slip; how many entries of the second kind were shown somebody; the time of a look; and how
often each likeness comes in pairs of different people (`u` of workflow/duplicates.toml).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from clinoscope.domain.record import Patient, Sex
from clinoscope.domain.slips import near_days
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import duplicates

_GIVEN = (
    "Maria Anna Fatima Mohammed Ahmed Ali Sarah John Michael David Ana Carlos Jose Juan Elena Olga Ivan Sergey "
    "Dmitri Natalia Aisha Amina Omar Hassan Ibrahim Youssef Leila Mariam Priya Rahul Anjali Sunita Ravi Arjun Wei "
    "Fang Li Jing Min Yan Hui Sakura Yuki Hana Kenji Takashi Minjun Jiwoo Seoyeon Chidi Ngozi Ada Emeka Kofi Ama "
    "Kwame Abena Thabo Naledi Sipho Zanele Lars Ingrid Bjorn Astrid Hans Greta Klaus Ursula Pierre Marie Jean "
    "Claire Luc Chloe Giulia Marco Luca Sofia Paolo Katarzyna Piotr Agnieszka Tomasz Zoltan Eszter Bela Istvan "
    "Dilnoza Aziz Gulnara Timur Emre Ayse Mehmet Zeynep Mustafa Elif Hannah Noah Emma Liam Olivia James Emily "
    "Daniel Grace Samuel Ruth Esther Joao Beatriz Tiago Ines Rui Thanh Linh Minh Huong Siti Budi Dewi Agus Putri "
    "Nimal Kumari Tharindu Somchai Malee Fatou Mamadou Aminata Ousmane Awa Ibrahima "
)
GIVEN = _GIVEN.split()
_SYLLABLES = (
    "ba be bo da de do fa fe ga go ha he ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu pa pe ra re ri "
    "ro sa se si so su ta te ti to va ve vi wa ya yo za "
)
SYLLABLES = _SYLLABLES.split()
ENDINGS = ("", "n", "s", "r", "k", "ov", "ski", "son", "man", "ez", "ini", "wala", "yan", "idze", "poulos", "ali")
_CYRILLIC = "абвгдезийклмнопрстуфхцы"
CYRILLIC = dict(zip("abvgdezijklmnoprstufhcy", _CYRILLIC, strict=True)) | {"q": "к", "w": "в", "x": "кс"}


class World:
    """Names drawn by the law of Zipf: the hundredth commonest is a hundred times rarer than the first."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.families = list({self._family() for _ in range(9000)})[:6000]
        self.family_weights = [1 / (rank + 8) for rank in range(len(self.families))]
        self.given_weights = [1 / (rank + 8) for rank in range(len(GIVEN))]

    def _family(self) -> str:
        count = self.dice.choice((2, 2, 3))
        return ("".join(self.dice.choices(SYLLABLES, k=count)) + self.dice.choice(ENDINGS)).title()

    def people(self, count: int) -> list[Patient]:
        given = self.dice.choices(GIVEN, self.given_weights, k=count)
        family = self.dice.choices(self.families, self.family_weights, k=count)
        return [
            Patient(
                id=f"p{number}",
                identifier=f"{100_000 + number}",
                name=f"{given[number]} {family[number]}",
                sex=self.dice.choice((Sex.FEMALE, Sex.MALE)),
                born=date(1930, 1, 1) + timedelta(days=self.dice.randrange(34_700)),
            )
            for number in range(count)
        ]


def slip(dice: random.Random, word: str) -> str:
    """One wrong, missing, needless or two swapped letters."""
    place = dice.randrange(1, len(word) - 1)
    letter = dice.choice("abcdefghiklmnoprstuvz")
    return dice.choice(
        (
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        )
    )


def slipped_day(dice: random.Random, day: date | None) -> date:
    assert day is not None
    fair = [other for other in near_days(day) if date(1920, 1, 1) <= other <= date(2026, 1, 1)]
    return dice.choice(sorted(fair))


def kinds(dice: random.Random) -> dict[str, Callable[[Patient], Patient]]:
    """How somebody is entered again."""

    def in_name(person: Patient) -> Patient:
        given, family = person.name.split(" ", 1)
        family = slip(dice, family) if len(family) > 3 else family + "e"
        return replace(person, name=f"{given} {family}")

    def cyrillic(person: Patient) -> Patient:
        return replace(person, name="".join(CYRILLIC.get(letter, letter) for letter in person.name.lower()).title())

    def turned(person: Patient) -> Patient:
        return replace(person, name=" ".join(reversed(person.name.split(" "))))

    def married(person: Patient) -> Patient:
        return replace(person, name=f"{person.name.split(' ')[0]} Newname")

    return {
        "as it was": lambda person: person,
        "family name first": turned,
        "a slip in the name": in_name,
        "in Cyrillic letters": cyrillic,
        "a middle name more": lambda person: replace(person, name=person.name.replace(" ", " Maria ")),
        "a slip in the birth date": lambda person: replace(person, born=slipped_day(dice, person.born)),
        "a slip in both": lambda person: in_name(replace(person, born=slipped_day(dice, person.born))),
        "no birth date": lambda person: replace(person, born=None),
        "no birth date, a slip in the name": lambda person: in_name(replace(person, born=None)),
        "another family name": married,
    }


def fill(vault: Vault, people: list[Patient]) -> float:
    began = time.perf_counter()
    for start in range(0, len(people), 10_000):
        vault.patients.add_all(people[start : start + 10_000], "00")
    return time.perf_counter() - began


def timed(vault: Vault, entry: Patient, times: list[tuple[float, float]]) -> tuple[duplicates.Likely, ...]:
    """Who is likely meant; notes the milliseconds by the clock and those of the processor."""
    began, worked = time.perf_counter(), time.thread_time()
    found = duplicates.likely(vault, entry)
    times.append(((time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000))
    return found


def told(times: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(times), 1),
        "p99": round(statistics.quantiles(times, n=100)[98], 1),
        "most": round(max(times), 1),
    }


def likenesses(people: list[Patient], dice: random.Random, pairs: int = 200_000) -> dict[str, float]:
    """How often pairs of different people are alike, by chance."""
    names: Counter[str] = Counter()
    for _ in range(pairs):
        one, other = dice.sample(people, 2)
        names[duplicates._names(one.name, other.name)] += 1
    exact = Counter(person.name for person in people)
    total = len(people)
    same = sum(count * (count - 1) for count in exact.values()) / (total * (total - 1))
    return {"same (exact count)": same} | {level: count / pairs for level, count in names.items()}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    world = World(options.seed)
    people, dice = world.people(options.patients), world.dice
    with tempfile.TemporaryDirectory() as folder:
        vault, _ = Vault.create(Path(folder) / "vault", "Ada", "a long enough one", cost=MINIMUM)
        report: dict[str, object] = {"patients": options.patients, "fill_seconds": round(fill(vault, people), 1)}
        times: list[tuple[float, float]] = []
        shown, instead = {}, 0
        for kind, again in kinds(dice).items():
            hits = 0
            for person in dice.sample(people, options.entries // 4):
                entry = replace(again(person), id="new", identifier="")
                found = timed(vault, entry, times)
                hits += any(likely.recorded.id == person.id for likely in found)
                instead += any(likely.recorded.id != person.id for likely in found)
            shown[kind] = round(hits / (options.entries // 4), 3)
        report["shown"] = shown
        false = 0
        for stranger in world.people(options.entries):
            false += bool(timed(vault, replace(stranger, id="new", identifier=""), times))
        report["strangers shown somebody"] = round(false / options.entries, 4)
        report["look_ms"] = told([clock for clock, _ in times])
        report["look_processor_ms"] = told([worked for _, worked in times])
        report["limit_bits"] = round(duplicates.limit_of(options.patients), 1)
        report["chance"] = {key: float(f"{value:.3g}") for key, value in likenesses(people, dice).items()}
        vault.close()
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
