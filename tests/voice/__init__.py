"""Trains the second reader (``inbox_worker/reading/voice``) from the mailboxes and phrases in ``tests/corpus``.

    pip install -e '.[train]'
    python -m tests.voice.train --out one.npz --keep one.pt  # about two hours on two cores
    python -m tests.voice.blend one.pt two.pt   # the mean of several that were kept: voice.npz and voice.onnx
    python -m tests.voice.narrow --share 0.42 --keep narrow.pt      # without what it can best spare
    python -m tests.voice.learn --go-on narrow.pt --share 0.5 --epochs 4 --keep learnt.pt  # glance.npz and glance.onnx, an hour
    python -m tests.voice.judge        # judges.json and glance.json, and how well both readers do together

Mailboxes have parts, as ``tests.bench.mailboxes.PARTS`` lists them: those that the network learns from, those by which the judges
are fitted, and those that nobody looks at before the end.
"""
