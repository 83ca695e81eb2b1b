"""What a message may say, and which of it is taken."""

import pytest

from inbox_worker.model import Claim, Message, Op, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.choice import CHOSEN, RANKED, best_of, ranked
from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import opinion_of
from inbox_worker.reading.voice.proposal import MOST, Proposal, proposals
from tests.reading.voice.making import heard_of, letter

TEXTS = (
    "I confirm that Omar Haddad and I will attend the forum on behalf of Delta Trust.",
    "Unfortunately we will not be able to attend.",
    "Omar Haddad will come in place of Vera Kuhn.",
    "We come with four people, among them Omar Haddad, Vera Kuhn and perhaps Li Wei; Ben Arnold stays at home.",
    "Nous serons trois : Omar Haddad, Vera Kuhn et une interprète.",
)


def signed(text: str) -> Message:
    return letter(f"Dear colleagues,\n\n{text}\n\nKind regards,\nAnn Lee\nDelta Trust")


def proposed(text: str) -> tuple[Heard, Claim | None, list[Proposal]]:
    heard, beside = heard_of(signed(text))
    opinion = opinion_of(heard, network())
    return heard, beside, proposals(heard, opinion, beside)


@pytest.mark.parametrize("text", TEXTS)
def test_all_that_may_be_said_is_complete_and_told_once(text):
    _, _, found = proposed(text)
    assert 0 < len(found) <= MOST
    told = [(p.claim.partstat, p.claim.op, p.claim.delegates, frozenset(p.claim.people)) for p in found]
    assert len(told) == len(set(told))
    for proposal in found:
        claim = proposal.claim
        assert claim.organisation == "delta" and not claim.doubts
        if claim.partstat is Partstat.ACCEPTED:
            assert claim.delegates is not None
        if claim.op is Op.SET and claim.delegates is not None:
            assert len(claim.people) <= claim.delegates
        if claim.partstat is Partstat.DECLINED:
            assert claim.delegates is None and not claim.people
    likely = [p.likely for p in found]
    assert likely == sorted(likely, reverse=True)


@pytest.mark.parametrize("text", TEXTS)
def test_what_may_be_said_rests_on_words_of_the_message(text):
    heard, _, found = proposed(text)
    for proposal in found:
        for evidence in proposal.claim.evidence:
            assert (heard.message.text_of(evidence.part) or "")[evidence.start : evidence.end] == evidence.text


def test_what_the_grammar_reads_is_among_it():
    _, beside, found = proposed(TEXTS[0])
    assert beside is not None
    assert (beside.partstat, beside.delegates) in {(p.claim.partstat, p.claim.delegates) for p in found}
    assert (found[0].claim.partstat, found[0].claim.delegates) == (Partstat.ACCEPTED, 2)


def test_each_claim_is_weighed_by_all_features():
    heard, beside, found = proposed(TEXTS[3])
    opinion = opinion_of(heard, network())
    rows = ranked(heard, found, opinion, beside)
    assert {len(row) for row in rows} == {len(RANKED)}
    assert max(row[RANKED.index("behind")] for row in rows) == 0


def test_the_best_stands_out_by_how_much_likelier_it_is_than_the_next():
    rows = [(0.0,) * len(RANKED), (1.0,) * len(RANKED), (2.0,) * len(RANKED)]
    at, values = best_of(rows, [0.2, 0.7, 0.1])
    told = dict(zip(CHOSEN, values, strict=True))
    assert at == 1 and told["partstat"] == 1.0
    assert (told["first"], told["second"], told["all"]) == (0.7, 0.2, 1.0)
    assert 0 < told["share"] < 0.7
    assert best_of(rows[:1], [0.4])[1][-3] == 0.0
