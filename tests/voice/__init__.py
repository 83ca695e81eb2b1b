"""Trains the second reader (``inbox_worker/reading/voice``) from the mailboxes and phrases in ``tests/corpus``.

    pip install -e '.[train]'
    python -m tests.voice.train --out whole.npz --keep one.pt  # about two hours on two cores
    python -m tests.voice.blend one.pt two.pt --out whole.npz  # the mean of several that were kept
    python -m tests.voice.narrow --network whole.npz --share 0.42 --keep narrow.pt   # what it can best spare is taken away
    python -m tests.voice.learn --whole whole.npz --go-on narrow.pt --keep learnt.pt # voice.npz: about one hour
    python -m tests.voice.judge        # judges.json, and how well both readers do together

Mailboxes have parts, as ``tests.bench.mailboxes.PARTS`` lists them: those that the network learns from, those by which the judges
are fitted, and those that nobody looks at before the end.
"""
