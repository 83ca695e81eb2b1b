"""Trains the second reader (``inbox_worker/reading/voice``) from the mailboxes and phrases in ``tests/corpus``.

    pip install -e '.[train]'
    python -m tests.voice.train        # voice.npz: about two hours on two cores
    python -m tests.voice.blend one.pt two.pt   # the mean of several that were kept
    python -m tests.voice.judge        # judges.json, and how well both readers do together

Mailboxes have parts, as ``tests.bench.mailboxes.PARTS`` lists them: those that the network learns from, those by which the judges
are fitted, and those that nobody looks at before the end.
"""
