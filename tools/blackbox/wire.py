"""Requests as bytes over connections of one's own, and somebody who must be served meanwhile."""

import asyncio
import re
import statistics
import time

HOST, PORT = "127.0.0.1", 3910
FRIEND, RUDE = "127.0.0.2", "127.0.0.3"
ORIGIN = f"Origin: http://{HOST}:{PORT}\r\n"


class Friend:
    """Somebody who uses the program meanwhile, from another address than the rude ones, and wants an answer each time."""

    def __init__(self, path, cookie):
        self.asked, self.waits, self.failed = request("GET", path, cookie), [], []

    async def __aenter__(self):
        self.task = asyncio.create_task(self._ask())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _ask(self):
        while True:
            begun = time.monotonic()
            try:
                answer = await asyncio.wait_for(exchange(self.asked, FRIEND), 10)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                answer = repr(error).encode()
            self.waits.append(time.monotonic() - begun)
            if status(answer) != 200:
                self.failed.append(answer[:120])
            await asyncio.sleep(0.05)

    def p99_ms(self) -> float:
        if len(self.waits) < 2:
            return max(self.waits, default=0) * 1000
        return statistics.quantiles(self.waits, n=100)[98] * 1000


def request(method, path, cookie="", extra="", host=f"{HOST}:{PORT}", body="") -> bytes:
    own = f"Cookie: {cookie}\r\n" if cookie else ""
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{own}{extra}{length}\r\n{body}".encode()


async def connect(source=RUDE):
    return await asyncio.open_connection(HOST, PORT, local_addr=(source, 0), limit=1 << 24)


async def exchange(sent: bytes, source=RUDE, seconds=40) -> bytes:
    """What comes back until the other end closes, at most 16 MiB."""
    reader, writer = await connect(source)
    try:
        try:
            writer.write(sent)
            await asyncio.wait_for(writer.drain(), seconds)
        except ConnectionError:
            pass  # it may have said enough and gone
        try:
            return await asyncio.wait_for(reader.read(-1), seconds)
        except ConnectionError:
            return b"reset"
    finally:
        writer.close()


async def head(sent: bytes, source=RUDE, seconds=40) -> bytes:
    """The head of what comes back, from a connection that may be kept."""
    reader, writer = await connect(source)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)
    except (ConnectionError, asyncio.IncompleteReadError):
        return b""
    finally:
        writer.close()


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0
