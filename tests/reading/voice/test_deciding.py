"""What is written down, asked or left, by what both readers make of a message; the network's part is set by hand."""

from dataclasses import replace

import pytest

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice import second
from inbox_worker.reading.voice.network import Network, narrow_network, network
from inbox_worker.reading.voice.opinion import Asked, Opinion, opinion_of
from inbox_worker.reading.whole import read_whole
from tests.reading.voice.making import INVITATION, heard_of, letter

THREE = "We will attend the forum with three people."


def decided(text: str, monkeypatch: pytest.MonkeyPatch, **changed: object) -> tuple[tuple[Claim, ...], list[Doubt]]:
    """The claims and all doubts for a letter, where both networks say what the whole one says but for what is
    ``changed``."""

    def told(heard: Heard, *_: object) -> Opinion:
        return replace(opinion_of(heard, network()), **changed)  # type: ignore[arg-type]

    monkeypatch.setattr(second, "opinion_of", told)
    reading = read_whole(letter(text), INVITATION, RuleReader(second=second.reconsidered))
    return reading.claims, [*reading.doubts, *(d for c in reading.claims for d in c.doubts)]


def sure_of(number: int) -> tuple[float, ...]:
    count = [0.001] * len(opinion_of_three().count)
    count[number] = 0.98
    return tuple(count)


def opinion_of_three() -> Opinion:
    return opinion_of(heard_of(letter(THREE))[0], network())


def test_another_number_of_the_network_is_a_grave_doubt(monkeypatch):
    claims, doubts = decided(THREE, monkeypatch, count=sure_of(2), total=2.0)
    assert doubts and not any(d.slight for d in doubts)
    assert any("reads 2" in d.detail for d in doubts)
    assert claims[0].delegates is None


def test_more_people_than_the_network_counts_are_the_same_for_it(monkeypatch):
    count = sure_of(len(opinion_of_three().count) - 2)
    _, doubts = decided("We will attend the forum with 17 people.", monkeypatch, count=count, total=17.0)
    assert not any("reads" in d.detail for d in doubts)


@pytest.mark.parametrize("text", ["Please add Omar Haddad to our list.", "Omar Haddad will come instead of Vera Kuhn."])
def test_a_change_is_no_whole_answer_where_the_network_is_not_quite_sure(text, monkeypatch):
    told = {"set": 0.94, "add": 0.03, "replace": 0.02, "remove": 0.01}
    claims, doubts = decided(text, monkeypatch, op=told, count=sure_of(1), total=1.0)
    assert doubts or all(c.op is not Op.SET for c in claims)


def test_who_comes_with_the_writer_is_never_left_out(monkeypatch):
    text = "I will attend the forum; my husband accompanies me."
    claims, doubts = decided(text, monkeypatch, count=sure_of(1), total=1.0, writer=0.999)
    assert doubts or claims[0].delegates == 2


def test_a_claim_that_changes_an_answer_is_dropped_by_a_whole_one_only():
    unsure = replace(opinion_of_three(), op={"set": 0.94, "add": 0.0, "replace": 0.06, "remove": 0.0})
    sure = replace(unsure, op={"set": 0.96, "add": 0.0, "replace": 0.04, "remove": 0.0})
    change = Claim("delta", "Delta Trust", Partstat.ACCEPTED, 0, op=Op.ADD)
    whole = Claim("delta", "Delta Trust", Partstat.ACCEPTED, 1)
    assert second.drops_change(whole, change, unsure)
    assert not second.drops_change(whole, change, sure)  # "I cannot come, my deputy will"
    assert second.drops_change(Claim("delta", "Delta Trust", Partstat.DECLINED, None), change, sure)
    assert second.drops_change(whole, replace(change, delegates=2), sure)
    assert second.drops_change(whole, replace(change, op=Op.REMOVE, delegates=1), sure)
    assert not second.drops_change(change, whole, unsure)
    assert not second.drops_change(change, change, unsure)


def test_a_slight_doubt_of_the_number_leaves_none(monkeypatch):
    slight = Doubt(Code.COUNT_UNCLEAR, "Not sure.", slight=True)

    def doubting(heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...]) -> second.Told:
        return tuple(replace(c, doubts=(slight,)) for c in claims), doubts

    (claim,) = read_whole(letter(THREE), INVITATION, RuleReader(second=doubting)).claims
    assert (claim.delegates, claim.doubts) == (None, (slight,))


def asked_of(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Network]:
    """The networks that are asked about a letter, in their order."""
    asked: list[Network] = []

    def told(heard: Heard, network: Network, *rest: Asked) -> Opinion:
        asked.append(network)
        return opinion_of(heard, network, *rest)

    monkeypatch.setattr(second, "opinion_of", told)
    read_whole(letter(text), INVITATION, RuleReader(second=second.reconsidered))
    return asked


PLAIN = "Dear colleagues,\n\nUnfortunately we will not be able to attend.\n\nAnn Lee"


def test_a_plain_answer_is_settled_at_a_glance(monkeypatch):
    assert asked_of(PLAIN, monkeypatch) == [narrow_network()]


@pytest.mark.parametrize(
    "text",
    [
        "I may attend, but it is not certain yet.",
        "We would have come, all four of us, if only the ferry still ran. So raise a glass for us instead.",
    ],
)
def test_what_is_not_plain_is_looked_at_more_closely(text, monkeypatch):
    assert asked_of(text, monkeypatch) == [narrow_network(), network()]


def test_a_long_letter_is_looked_at_closely_at_once(monkeypatch):
    text = "The river was high this week, and the boats stayed in the harbour. " * 20
    assert asked_of(f"{text}\n\n{PLAIN}", monkeypatch) == [network()]


def test_a_glance_settles_only_the_grammars_own_yes_or_no():
    yes = Claim("delta", "Delta Trust", Partstat.ACCEPTED, 2)
    assert second.is_plain(yes, yes)
    assert not second.is_plain(yes, replace(yes, doubts=(Doubt(Code.COUNT_UNCLEAR, "?"),)))
    assert not second.is_plain(yes, replace(yes, delegates=3))
    assert not second.is_plain(replace(yes, partstat=Partstat.TENTATIVE), replace(yes, partstat=Partstat.TENTATIVE))
