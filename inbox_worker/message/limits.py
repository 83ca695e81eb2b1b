"""How much of a message is looked at. What lies beyond is cut, and said in a problem."""

from __future__ import annotations

MAX_CELLS = 5_000  # cells of aligned tables in HTML
MAX_HEADERS = 1_000  # header fields of one entity
MAX_HEADER_BLOCK = 1_000_000  # bytes of one entity's header
MAX_HEADER = 20_000  # characters of one header's value
MAX_TEXT = 1_000_000  # characters of text kept of one part
MAX_TEXT_TOTAL = 4_000_000  # characters of text kept of a message
MAX_HTML = 1_500_000  # characters of HTML rendered of one part
MAX_HTML_TOTAL = 3_000_000  # characters of HTML rendered of a message
MAX_HTML_ELEMENTS = 30_000  # elements of one HTML part
MAX_LINE = 1_000  # characters of a line in which quotes and signatures are looked for
MAX_LINES = 50_000  # lines of a part that are given zones; what follows has the zone of the last
MAX_TAIL = 60  # lines at the end of the new words in which a signature is looked for
MAX_ATTACHMENT_TEXT = 200_000  # characters of text kept of one attachment that is no text itself
