"""A private Dovecot 2.3 on loopback, with everything under one temporary directory. Works as root and as any user."""

from __future__ import annotations

import base64
import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

_PATH = "/usr/sbin:/usr/bin:" + os.environ.get("PATH", "")
DOVECOT = shutil.which("dovecot", path=_PATH)
DOVEADM = shutil.which("doveadm", path=_PATH)

CONF = """\
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
info_log_path = {d}/dovecot.log
instance_name = t-{plain}
listen = 127.0.0.1
protocols = imap
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = {uid}
last_valid_uid = 0
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_home = {d}/mail/%u
mail_location = maildir:~/Maildir
mail_fsync = never
mailbox_idle_check_interval = 1s
verbose_proctitle = yes
default_vsz_limit = 0
auth_failure_delay = 0
auth_cache_size = 0
auth_username_format = %Ln
auth_mechanisms = plain login xoauth2 oauthbearer
disable_plaintext_auth = {secured}
mail_max_userip_connections = 200
rawlog_dir = {d}/raw
ssl = yes
ssl_cert = <{d}/tls/cert.pem
ssl_key = <{d}/tls/key.pem
ssl_min_protocol = TLSv1.2
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {d}/oauth2.conf.ext
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {d}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {d}/users
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 400
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 200
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  user = $default_internal_user
}}
service auth-worker {{
  user = $default_internal_user
}}
"""


OAUTH = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={d}/keys/
username_attribute = sub
active_attribute =
active_value =
issuers = https://issuer.example/
"""
TOKEN_KEY = b"0123456789abcdef0123456789abcdef"


def free_port() -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _answers(path: Path) -> bool:
    """Whether somebody still listens at a Unix socket."""
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(str(path)) == 0


class Dovecot:
    """One server. ``names`` are the host names its certificate is made for."""

    def __init__(
        self, names: tuple[str, ...] = ("DNS:localhost", "IP:127.0.0.1"), secured: bool = False, password: str = "pw"
    ) -> None:
        # Short, because of the length of socket paths, and 0755, because the mail user must get in as well.
        self.directory = Path(tempfile.mkdtemp(prefix="dvc-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.users = {"alice": password, "bob": "pw", "zoe": "päß-word"}
        self.plain, self.tls = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._sequence = 0
        self._write(names, secured)

    @property
    def ca_file(self) -> Path:
        """The certificate that signed itself."""
        return self.directory / "tls/cert.pem"

    def _write(self, names: tuple[str, ...], secured: bool) -> None:
        d = self.directory
        mail = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.uid, self.gid = mail.pw_uid, mail.pw_gid if os.geteuid() == 0 else os.getegid()
        me = None if os.geteuid() == 0 else mail.pw_name
        for sub in ("run", "state", "tls", "mail", "raw", "keys/default/HS256"):
            (d / sub).mkdir(parents=True)
        self._own(d / "mail", d / "raw")
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "7",
            "-subj",
            "/CN=test",
        ]
        command += ["-keyout", str(d / "tls/key.pem"), "-out", str(self.ca_file)]
        subprocess.run([*command, "-addext", "subjectAltName=" + ",".join(names)], check=True, capture_output=True)
        (d / "users").write_text(
            "".join(f"{u}:{{PLAIN}}{p}:{self.uid}:{self.gid}::{d}/mail/{u}::\n" for u, p in self.users.items())
        )
        (d / "keys/default/HS256/default").write_text(base64.b64encode(TOKEN_KEY).decode())
        (d / "oauth2.conf.ext").write_text(OAUTH.format(d=d))
        (d / "dovecot.conf").write_text(
            CONF.format(
                d=d,
                plain=self.plain,
                tls=self.tls,
                internal=me or "dovecot",
                internal_group=grp.getgrgid(os.getegid()).gr_name if me else "dovecot",
                login=me or "dovenull",
                uid=self.uid,
                gid=self.gid,
                secured="yes" if secured else "no",
            )
        )
        (d / "users").chmod(0o644)

    def _own(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def start(self, timeout: float = 10.0) -> Self:
        """Start it and wait for its greeting, ``timeout`` seconds at most."""
        with (self.directory / "stdout.log").open("ab") as out:
            self.process = subprocess.Popen(
                [str(DOVECOT), "-F", "-c", str(self.directory / "dovecot.conf")],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.plain), 1) as s:
                s.settimeout(5)
                if s.recv(200).startswith(b"* OK"):
                    return self
            time.sleep(0.02)
        raise RuntimeError("dovecot is not ready: " + (self.directory / "stdout.log").read_text() + self.log())

    def kill(self) -> None:
        """A power cut: SIGKILL to all its processes, which are in a session of their own."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            end = time.monotonic() + 2
            while time.monotonic() < end and _answers(self.directory / "run/login/stats-writer"):
                time.sleep(0.02)  # its last process is going
            (self.directory / "run/master.pid").unlink(missing_ok=True)
            self.process = None

    def close(self) -> None:
        """Kill it and remove its directory."""
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def log(self) -> str:
        """What Dovecot logged."""
        path = self.directory / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def client(self, user: str = "alice") -> Any:
        """A logged-in IMAPClient, for what a test does behind the worker's back."""
        client = IMAPClient("127.0.0.1", self.plain, ssl=False, timeout=10)
        client.login(user, self.users[user])
        return client

    def doveadm(self, *arguments: str, check: bool = True) -> str:
        """Run doveadm against this server; what it printed."""
        command = [str(DOVEADM), "-c", str(self.directory / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=check, capture_output=True, text=True).stdout

    def maildir(self, user: str = "alice", folder: str = "INBOX") -> Path:
        """Where a folder lies on disk."""
        base = self.directory / "mail" / user / "Maildir"
        return base if folder == "INBOX" else base / ("." + folder)

    def deliver(
        self,
        messages: Iterable[bytes],
        user: str = "alice",
        folder: str = "INBOX",
        received: datetime | None = None,
    ) -> None:
        """Put messages straight into a Maildir; ``received`` (aware) becomes their INTERNALDATE."""
        maildir = self.maildir(user, folder)
        for sub in ("cur", "new", "tmp"):
            (maildir / sub).mkdir(parents=True, exist_ok=True)
        self._own(maildir.parent, maildir, *(maildir / s for s in ("cur", "new", "tmp")))
        for raw in messages:
            self._sequence += 1
            name = f"{1700000000 + self._sequence}.M{self._sequence}P{os.getpid()}.h,S={len(raw)}"
            path = maildir / "tmp" / name
            path.write_bytes(raw)
            if received is not None:
                os.utime(path, (received.timestamp(), received.timestamp()))
            self._own(path)
            path.rename(maildir / "new" / name)

    def expunge(self, uid: int, user: str = "alice", folder: str = "INBOX") -> None:
        """Delete a message as another mail program would."""
        client = self.client(user)
        client.select_folder(folder)
        client.delete_messages([uid])
        client.expunge([uid]) if client.has_capability("UIDPLUS") else client.expunge()
        client.logout()

    def renumber(self, uidvalidity: int, user: str = "alice", folder: str = "INBOX") -> None:
        """Number all messages from 1 under a new UIDVALIDITY, as a restore or a migration does."""
        self.doveadm("kick", user, check=False)
        maildir = self.maildir(user, folder)
        for path in [*maildir.glob("dovecot-uidlist*"), *maildir.glob("dovecot.index*")]:
            path.unlink(missing_ok=True)
        self.doveadm("mailbox", "update", "--uid-validity", str(uidvalidity), "-u", user, folder)

    def update(self, *arguments: str, user: str = "alice", folder: str = "INBOX") -> None:
        """``doveadm mailbox update``, for instance "--min-next-uid" and a number."""
        self.doveadm("mailbox", "update", *arguments, "-u", user, folder)

    def commands(self) -> list[str]:
        """All that clients sent since the last call, by Dovecot's raw log, without tags."""
        lines = []
        for path in sorted((self.directory / "raw").glob("*.in")):
            lines += [line.split(b" ", 2)[-1].decode() for line in path.read_bytes().splitlines()]
        self.forget_traffic()
        return lines

    def bytes_sent(self) -> int:
        """Bytes of all answers since the traffic was last forgotten, by Dovecot's raw log."""
        return sum(path.stat().st_size for path in (self.directory / "raw").glob("*.out"))

    def forget_traffic(self) -> None:
        """Empty the raw log."""
        for path in (self.directory / "raw").iterdir():
            path.unlink(missing_ok=True)

    def imap_pids(self, user: str = "alice") -> list[int]:
        """Processes of this server that serve a user."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self.process is not None:
                with contextlib.suppress(OSError):
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    line = (entry / "cmdline").read_bytes().decode(errors="replace")
                    if parent == self.process.pid and f"/imap [{user} " in line:
                        found.append(int(entry.name))
        return found

    def signal_sessions(self, number: signal.Signals, user: str = "alice") -> None:
        """SIGKILL: the connection dies with no BYE. SIGSTOP: it stays up and nothing answers."""
        for pid in self.imap_pids(user):
            os.kill(pid, number)
