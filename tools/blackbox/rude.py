"""Clients that a careful server must live with. Each gives what it did and what it was answered."""

import asyncio
import gzip
import json
import zlib
from collections import Counter

from programs import PASSWORD
from wire import HOST, ORIGIN, PORT, RUDE, connect, exchange, head, request, status


async def told(answers) -> Counter:
    """Answers by status; `0` is a connection that was closed without one."""
    return Counter(status(answer) for answer in await asyncio.gather(*answers))


def only(answers: Counter, *allowed: int):
    wrong = {code: count for code, count in answers.items() if code not in allowed}
    assert not wrong, f"answered {wrong}, may be {allowed}"
    return answers


async def until_closed(stream, begin: bytes, drip: bytes, every: float, most: float) -> int:
    """Writes `begin`, then `drip` again and again, until the other end has enough; the status that came."""
    reader, writer = stream
    answer = asyncio.create_task(reader.read(-1))
    try:
        writer.write(begin)
        end = asyncio.get_running_loop().time() + most
        while not answer.done() and asyncio.get_running_loop().time() < end:
            await asyncio.wait([answer], timeout=every)
            writer.write(drip)
            await asyncio.wait_for(writer.drain(), most)
        assert answer.done(), "it waits for ever"
        return status(answer.result())
    except (ConnectionError, TimeoutError):
        return 0
    finally:
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)
        writer.close()


async def open_many(count, source=RUDE):
    streams = []
    for _ in range(count):
        try:
            streams.append(await connect(source))
        except OSError:
            break
        if len(streams) % 200 == 0:
            await asyncio.sleep(0)
    return streams


async def idle_connections(_program, _cookie):
    """10,000 connections that say nothing, of one neighbour; the program ends those that it took."""
    streams = await open_many(10_000)

    async def ended(stream):
        try:
            return await asyncio.wait_for(stream[0].read(-1), 60)
        except ConnectionError:
            return b""

    answers = await told([ended(stream) for stream in streams])
    for _, writer in streams:
        writer.close()
    return f"{len(streams)} connections", only(answers, 0, 408, 503)


async def slow_heads(_program, _cookie):
    """A head that never ends, a byte every half second."""
    streams = await open_many(200)
    ended = [until_closed(stream, b"GET /healthz HTTP/1.1\r\nHost: ", b"a", 0.5, 60) for stream in streams]
    return "200 connections", only(Counter(await asyncio.gather(*ended)), 0, 408, 503)


async def slow_bodies(program, cookie):
    """A body that never ends, a byte every half second."""
    begin = request("POST", program.takes, cookie, ORIGIN)[:-2].replace(b"Content-Length: 0", b"Content-Length: 5000") + b"\r\n{"
    streams = await open_many(40)
    ended = [until_closed(stream, begin, b" ", 0.5, 120) for stream in streams]
    return "40 connections", only(Counter(await asyncio.gather(*ended)), 0, 408, 503)


async def head_bombs(_program, _cookie):
    """Heads of 16 MiB in one line, of 100,000 lines, without a line end, of nothing but line ends."""
    bombs = [
        b"GET /" + b"a" * (16 << 20) + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (16 << 20) + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % i for i in range(100_000)) + b"\r\n",
        b"a" * (16 << 20),
        b"\r\n" * (1 << 20),
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 4000 + b"\r\n\r\n",
    ]
    answers = await told([exchange(bomb) for bomb in bombs * 5])
    return f"{5 * len(bombs)} heads", only(answers, 0, 400, 414, 421, 431)


async def body_bombs(program, cookie):
    """Bodies of a terabyte by their length, endless ones in chunks, 100,000 nested lists, 1 MiB of digits, gzip, wrong lengths."""
    head = request("POST", program.takes, cookie, ORIGIN)[:-2]

    def with_length(length):
        return head.replace(b"Content-Length: 0", b"Content-Length: " + str(length).encode()) + b"\r\n"

    chunked = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"\r\n"
    deep, digits = b"[" * 100_000, b'{"polling":{"interval_secs":' + b"9" * (1 << 20) + b"}}"
    packed = head.replace(b"Content-Length: 0", b"Content-Encoding: gzip\r\nContent-Length: 4") + b"\r\n\x1f\x8b\x08\0"
    bombs = [
        with_length(10**12) + b"a" * (1 << 20),
        with_length(-1),
        with_length("1, 2") + b"{}",
        with_length(10**40),
        chunked + b"100000\r\n" + (b"a" * 0x100000 + b"\r\n100000\r\n") * 12,
        chunked + b"FFFFFFFFFFFFFFFFF\r\n{}",
        with_length(len(deep)) + deep,
        with_length(len(digits)) + digits,
        packed,
    ]
    answers = await told([exchange(bomb) for bomb in bombs * 3])
    return f"{3 * len(bombs)} bodies", only(answers, 0, 400, 413, 415, 422)


PATHS = [
    "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/assets/../../config.json", "/assets/%2e%2e%2f%2e%2e%2fconfig.json",
    "/assets/..\\..\\config.json", "/%00", "/config.json%00.js", "//etc/passwd", "//evil.example/", "/.git/config", "/config/config.json", "/;/config.json",
    "/api/v1/../../config.json", "/api/v1/readings/..%2f..%2fconfig", "/api/v1/readings/%00", "/api/v1/readings/%ff%fe", "/API/V1/CONFIG", "/api/v1/config/",
    "/api//v1/config", "/api/v1//config", "/api/v1/config%2f", "/api/v1/%63onfig", "/api/v1/config;x=1", "/api/v1/config.json", "/metrics/", "/%2e/metrics",
    f"http://{HOST}:{PORT}/api/v1/config", "http://evil.example/api/v1/config", "*", "/" + "a/" * 4000,
]  # fmt: skip


async def paths(program, _cookie):
    """Ways to a file or past a check, without a session: none may give a file of the machine or the configuration."""
    last = program.shown.removeprefix("/api/v1/")
    around = [f"/api/v1//{last}", f"/api/v1/{last}/", f"/api/v1/{last}%2f", f"/api/v1/%{ord(last[0]):x}{last[1:]}", f"/api/v1/{last};x=1", f"/API/v1/{last}", f"http://{HOST}:{PORT}/api/v1/{last}"]  # fmt: skip
    tried = PATHS + around
    answers = [await exchange(request("GET", path)) for path in tried]
    for path, answer in zip(tried, answers, strict=True):
        assert b"root:" not in answer and not any(private in answer for private in program.private), path
    return f"{len(tried)} paths", only(Counter(map(status, answers)), 0, 200, 400, 401, 404, 414, 421, 431)


METHODS = ["TRACE", "CONNECT", "PROPFIND", "PATCH", "PUT", "DELETE", "get", "GET\t", "", "POST", "LOCK", "A" * 5000]
CONFUSED = [
    b"GET /healthz\r\n\r\n",  # HTTP/0.9
    b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the hello of TLS
    b"GET /healthz HTTP/1.1\nHost: x\n\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",  # no host
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
]


async def methods(program, cookie):
    """Methods that a route has not, methods in other headers, and heads that two programs could read in two ways."""
    overrides = [f"{name}: GET\r\n" for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method")]
    sent = [request(method, program.shown, cookie, ORIGIN) for method in METHODS] + CONFUSED
    sent += [request("PATCH", program.shown, cookie, ORIGIN + override) for override in overrides]
    answers = await told([exchange(one) for one in sent])
    return f"{len(sent)} requests", only(answers, 0, 400, 405, 414, 421, 431, 505)


async def smuggling(program, cookie):
    """A second request inside the first one, for whoever reads the length in the other way: it is never carried out."""
    inner = f"GET {program.shown} HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nCookie: {cookie}\r\nX: ".encode()
    head = request("POST", "/api/v1/session", "", ORIGIN)[:-2].replace(b"Connection: close\r\n", b"")
    both = head.replace(b"Content-Length: 0", b"Content-Length: 4\r\nTransfer-Encoding: chunked") + b"\r\n"
    sent = [
        both + b"0\r\n\r\n" + inner,
        head.replace(b"Content-Length: 0", b"Transfer-Encoding: xchunked\r\nContent-Length: 4") + b"\r\n0\r\n\r\n" + inner,
        head.replace(b"Content-Length: 0", b"Content-Length: 0\r\nContent-Length: 999") + b"\r\n" + inner,
        head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity") + b"\r\n0\r\n\r\n" + inner,
    ]
    answers = [await exchange(one, seconds=30) for one in sent]
    for answer in answers:
        assert answer.count(b"HTTP/1.1 ") <= 1, answer[:300]
    return f"{len(sent)} requests", Counter(map(status, answers))


HOSTS = ["evil.example", "evil.example:3910", "127.0.0.1.evil.example", "localhost.evil.example", "0", "localhost@evil.example", "evil.example@localhost", "", "a" * 300]  # fmt: skip
ORIGINS = ["http://evil.example", "null", f"https://{HOST}:{PORT}", f"http://{HOST}:1", f"http://{HOST}.evil.example:{PORT}", "file://", ""]


async def rebinding(program, cookie):
    """Names that another site may have pointed here: nothing is answered but that they are none of ours. (An address as the name is
    served: no name was pointed anywhere.)"""
    answers = [await exchange(request("GET", program.shown, cookie, host=host)) for host in HOSTS]
    assert not any(private in answer for answer in answers for private in program.private)
    return f"{len(HOSTS)} names", only(Counter(map(status, answers)), 400, 421)


async def forgery(program, cookie):
    """Changes that a page of another site sends with the cookie of the operator."""
    sent = [request(method, path, cookie, f"Origin: {origin}\r\n{extra}", body=body) for origin in ORIGINS for method, path, extra, body in program.changes]
    sent += [request(method, path, cookie, extra, body=body) for method, path, extra, body in program.changes]
    answers = [await exchange(one) for one in sent]
    assert not any(b"access-control-allow" in answer.lower() for answer in answers)
    assert status(await exchange(request("GET", program.shown, cookie))) == 200, "the session is still there"
    return f"{len(sent)} requests", only(Counter(map(status, answers)), 400, 403)


async def guessing(program, _cookie):
    """2,000 wrong passwords of 40 neighbours, and the right one of somebody else meanwhile."""

    async def guess(number):
        body = json.dumps({**program.login, "password": f"guess {number}"})
        return await exchange(request("POST", "/api/v1/session", "", ORIGIN, body=body), f"127.0.2.{number % 40 + 1}")

    answers = Counter()
    for begin in range(0, 2000, 20):
        answers += await told([guess(number) for number in range(begin, begin + 20)])
    assert answers[403] <= 200, f"{answers[403]} guesses were tried"
    for _ in range(60):  # everybody waits for a while, half a minute at most
        try:
            await program.log_in()
            break
        except AssertionError:
            await asyncio.sleep(1)
    else:
        raise AssertionError(f"{PASSWORD} does not open the door any more")
    return "2,000 guesses", only(answers, 403, 429, 503)


async def streams(program, cookie):
    """300 event streams that are never read."""
    opened = await open_many(300)
    for _, writer in opened:
        writer.write(request("GET", program.stream, cookie).replace(b"Connection: close\r\n", b""))
    await asyncio.sleep(20)
    heads = [bytes(reader._buffer[:16]) for reader, _ in opened]  # what has come, without reading on
    for _, writer in opened:
        writer.close()
    return "300 streams", only(Counter(map(status, heads)), 0, 200, 429, 503)


def upgrade(token: str) -> bytes:
    """The request of an agent for a WebSocket."""
    return (
        f"GET /agent HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: gssa.uplink.v1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


def frame(payload: bytes, kind=0x81) -> bytes:
    """A frame of a client, with a mask of zeros."""
    return bytes([kind, 0xFF]) + len(payload).to_bytes(8, "big") + bytes(4) + payload


def letter(token: str, body: bytes, encoding="") -> bytes:
    """What an agent posts."""
    coding = f"Content-Encoding: {encoding}\r\n" if encoding else ""
    head = f"POST /agent HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{coding}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def tokens(program, _cookie):
    """2,000 agents with tokens that are none, by both ways."""
    answers = Counter()
    for begin in range(0, 2000, 50):
        tries = [upgrade(f"wrong{number}") if number % 2 else letter(f"wrong{number}", b"{}") for number in range(begin, begin + 50)]
        answers += await told([head(one) for one in tries])
    return "2,000 tokens", only(answers, 401, 403, 429)


async def sockets(program, _cookie):
    """What somebody with a stolen token does with a WebSocket: silence, frames without an end, too large, of no kind, text that is no
    message. Each connection is ended within half a minute."""
    token, huge = program.enrol(), (1 << 40).to_bytes(8, "big")
    said = [
        b"",
        bytes([0x81, 0xFF]) + huge + bytes(4),
        frame(b"[" * 900_000),
        frame(b"{}"),
        frame(b"\xff\xfe"),
        frame(b"hello", 0x83),
        frame(b"hello", 0xF1),
        frame(b"a" * 200, 0x89),
        b"".join(frame(b"a", 0x01 if first else 0x00) for first in [True] + [False] * 5000),
        frame(gzip.compress(bytes(64 << 20)), 0x82),
        b"\x81\x05hello",
    ]
    answers = Counter()
    for one in said:  # one after the other: an agent has one connection
        reader, writer = await connect()
        writer.write(upgrade(token) + one)
        try:
            answers[status(await asyncio.wait_for(reader.read(-1), 30))] += 1
        except ConnectionError:
            answers[0] += 1
        writer.close()
    return f"{len(said)} connections", only(answers, 0, 101, 429)


async def letters(program, _cookie):
    """What they post: gzip that grows a thousand times, layers of it, its end cut off, another packing, deep JSON, no hello,
    200,000 messages, an epoch that is a path, a number of a million digits."""
    bomb = gzip.compress(bytes(900 << 20))
    hello = {"type": "hello", "protocols": ["gssa.uplink/1"], "epoch": "0" * 32, "started_at": "2026-01-01T00:00:00.000Z", "clock": "2026-01-01T00:00:00.000Z", "first_kept": 1, "next": 1, "agent": {"name": "x", "version": "1"}}  # fmt: skip
    bodies = [
        (bomb, "gzip"),
        (gzip.compress(bomb), "gzip"),
        (bomb[: len(bomb) // 2], "gzip"),
        (gzip.compress(b"[" * (7 << 20)), "gzip"),
        (zlib.compress(b"{}"), "deflate"),
        (b"\x1f\x8b", "gzip"),
        (b"[" * 1_000_000, ""),
        (b'{"messages":[' + b"{}," * 200_000 + b"{}]}", ""),
        (json.dumps({"messages": [hello] * 300}).encode(), ""),
        (json.dumps({"messages": [{"type": "bye", "last": 1}]}).encode(), ""),
        (json.dumps({"messages": [hello | {"epoch": "../../etc"}]}).encode(), ""),
        (b"9" * 1_000_000, ""),
        (b"a" * (3 << 20), ""),
    ]
    token = program.enrol()
    sent = [letter(token, body, encoding) for body, encoding in bodies]
    one_by_one = Counter([status(await exchange(one)) for one in sent])
    at_once = await told([exchange(one) for one in sent * 5])
    return f"{6 * len(sent)} letters", only(one_by_one + at_once, 0, 400, 409, 413, 415, 426, 429)


PARTS = [idle_connections, slow_heads, slow_bodies, head_bombs, body_bombs, paths, methods, smuggling, rebinding, forgery, guessing, streams]
DOOR = [tokens, sockets, letters]
