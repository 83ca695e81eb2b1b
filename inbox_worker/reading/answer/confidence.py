"""How sure a claim is, as shares measured and not as wishes.

Each number is about the share of undoubted opinions of that kind that were right on the phrases in English, French,
Spanish and Portuguese that are not held out, rounded to a twentieth (``python -m tests.bench.reader`` prints it).
The phrases are harder than mail, every one unlike the others: on the mailboxes letters-en and season nothing undoubted
was wrong. A claim is as sure as its weakest part. Nothing is decided between these steps: what the reader does not
explain carries a doubt, and a doubted claim has less than ``decision.rules.LEAST_CONFIDENCE``.
"""

PLAIN_YES = 0.95
WEAK_YES = 0.8  # "we come", "see you there": words that mean it only where the writers do it
PLAIN_NO = 0.95
DOUBTED = 0.4

STATED = 0.95  # a number, and names that bear it out
TOLD = 0.9  # a number alone, or persons counted one by one
SUMMED = 0.85  # a number put together from several
BARE_NUMBER = 0.75  # a message that is hardly more than a number
UNTOLD = 0.8  # that they come, not how many
