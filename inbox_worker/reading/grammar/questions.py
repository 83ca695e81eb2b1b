"""A statement and a question in one sentence: "We are two, is there a lift?" """

from __future__ import annotations

from dataclasses import replace

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import Sentence

COMMAS = frozenset(",،，;؛；:：–—-")


def before_question(sentence: Sentence, lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The statement and the question that a sentence consists of; the sentence itself where it is one of them.

    The question begins at the first comma after which a question word stands, where none stands before it and what
    stands before makes no condition.
    """
    if not sentence.is_question:
        return (sentence,)
    words = sentence.words
    hits = lexicon.phrases.find([w.norm for w in words])
    asking = sorted(words[h.start].start for h in hits if h.kind in {"question", "question_word"})
    if not asking:
        return (sentence,)
    cuts = [k for k, t in enumerate(sentence.tokens) if t.raw in COMMAS and t.start < asking[0]]
    if not cuts:
        return (sentence,)
    at = cuts[-1]
    start = sentence.tokens[at].start
    if any(h.kind in {"condition", "hedge"} and words[h.start].start < start for h in hits):
        return (sentence,)
    if sum(w.start < start for w in words) < 2 or not any(w.start > start for w in words):
        return (sentence,)
    said = replace(sentence, tokens=sentence.tokens[:at], line=False)
    return said, replace(sentence, tokens=sentence.tokens[at + 1 :], line=False)
