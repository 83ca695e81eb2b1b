"""Files of the ZIP format: opened so that no bomb goes off."""

from __future__ import annotations

import io
import zipfile
import zlib

from inbox_worker.message.formats.content import NotReadableError

MAX_MEMBERS = 2_000
MAX_MEMBER = 30_000_000  # bytes of one member, unpacked
MAX_UNPACKED = 60_000_000  # bytes of all members that are read
MAX_RATIO = 200  # a text is packed to a tenth, a bomb to a thousandth
SMALL = 1_000_000  # bytes below which no ratio is looked at
ENCRYPTED = 0x1  # general purpose bit flag 0 (APPNOTE.TXT, section 4.4.4)


class Packed:
    """A ZIP file in memory. Sizes that its directory states are not believed."""

    def __init__(self, data: bytes) -> None:
        """Raises NotReadableError where it is damaged or encrypted."""
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
            self.members = [m for m in self._file.infolist() if not m.is_dir()]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
            raise NotReadableError("it is damaged") from error
        if len(self.members) > MAX_MEMBERS:
            raise NotReadableError(f"it holds more than {MAX_MEMBERS} files, which no letter does")
        if any(m.flag_bits & ENCRYPTED for m in self.members):
            raise NotReadableError("it is encrypted; ask the sender for its words")
        self._left = MAX_UNPACKED

    @property
    def names(self) -> frozenset[str]:
        """The members."""
        return frozenset(m.filename for m in self.members)

    def read(self, name: str) -> bytes:
        """A member, unpacked; empty where there is none.

        Raises:
            NotReadableError: where it is damaged, or unpacks to what no letter is.
        """
        member = next((m for m in self.members if m.filename == name), None)
        if member is None:
            return b""
        limit = min(MAX_MEMBER, self._left)
        if member.compress_size:
            limit = min(limit, max(SMALL, member.compress_size * MAX_RATIO))
        try:
            with self._file.open(member) as opened:
                data = opened.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as e:
            raise NotReadableError("it is damaged") from e
        if len(data) > limit:
            raise NotReadableError("it unpacks to far more than a letter needs, as a decompression bomb does")
        self._left -= len(data)
        return data
