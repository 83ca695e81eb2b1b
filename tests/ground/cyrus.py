"""A private Cyrus IMAP 3.6 on loopback, a second server that is unlike Dovecot. ``tests/run`` unpacks it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

from tests.ground.dovecot import free_port

# Debian's packages of Cyrus and Dovecot exclude each other, so this one is unpacked beside the system.
UNPACKED = Path(os.environ.get("INBOX_WORKER_CYRUS") or Path(sys.prefix) / "cyrus")
PROGRAMS = UNPACKED / "usr/lib/cyrus/bin"
SASLPASSWD = shutil.which("saslpasswd2", path="/usr/sbin:" + os.environ.get("PATH", ""))
AVAILABLE = (PROGRAMS / "master").exists() and SASLPASSWD is not None

IMAPD = """\
configdirectory: {d}/conf
defaultpartition: default
partition-default: {d}/spool
servername: localhost
cyrus_user: {user}
admins: admin
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {d}/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
unixhierarchysep: yes
virtdomains: off
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Drafts|Junk
xlist-drafts: Drafts
xlist-junk: Junk
idlesocket: {d}/socket/idle
imapidlepoll: 2
proc_path: {d}/conf/proc
mboxname_lockpath: {d}/conf/lock
conversations: no
syslog_prefix: t{port}
"""
MASTER = """\
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {d}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {d}/imapd.conf -U 1" listen="127.0.0.1:{port}" proto="tcp4" prefork=1 maxchild=50
}}
EVENTS {{
  checkpoint cmd="{programs}/ctl_cyrusdb -C {d}/imapd.conf -c" period=30
}}
DAEMON {{
  idled cmd="{programs}/idled -C {d}/imapd.conf"
}}
"""


class Cyrus:
    """One server with the account alice, plain text only."""

    password = "pw"

    def __init__(self) -> None:
        self.directory = d = Path(tempfile.mkdtemp(prefix="cyr-", dir="/tmp"))
        d.chmod(0o755)
        self.port = free_port()
        user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        for sub in (
            "spool",
            "socket",
            *(f"conf/{n}" for n in ("db", "proc", "lock", "msg", "log", "quota", "user", "sync")),
        ):
            (d / sub).mkdir(parents=True)
        (d / "imapd.conf").write_text(IMAPD.format(d=d, user=user, port=self.port))
        (d / "cyrus.conf").write_text(MASTER.format(d=d, programs=PROGRAMS, port=self.port))
        command = [str(SASLPASSWD), "-p", "-c", "-f", str(d / "sasldb2"), "-u", "localhost", "alice"]
        subprocess.run(command, input=self.password, text=True, check=True, capture_output=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(user)
            for path in [d, *d.rglob("*")]:
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        d = self.directory
        libraries = f"{UNPACKED}/usr/lib/x86_64-linux-gnu:{UNPACKED}/lib/x86_64-linux-gnu"
        with (d / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "master", "-C", d / "imapd.conf", "-M", d / "cyrus.conf", "-p", d / "pid", "-l", "64"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "LD_LIBRARY_PATH": libraries},
            )  # fmt: skip
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as s:
                s.settimeout(5)
                if s.recv(200).startswith(b"* OK"):
                    return self
            time.sleep(0.05)
        raise RuntimeError("cyrus is not ready: " + (d / "log").read_text())

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def client(self) -> Any:
        """A logged-in IMAPClient, for what a test does behind the worker's back."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login("alice", self.password)
        return client

    def deliver(self, messages: list[bytes], folder: str = "INBOX", received: datetime | None = None) -> None:
        """Append messages; ``received`` (aware) becomes their INTERNALDATE."""
        client = self.client()
        client.normalise_times = False
        for message in messages:
            client.append(folder, message, msg_time=received)
        client.logout()
