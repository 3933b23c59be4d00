"""A TCP relay that adds the time that bytes take over a long line, and counts what it carries.

Every byte arrives half a round trip later, in either direction. A new connection carries nothing for one round trip
more, that of TCP's handshake. Bandwidth is not limited, nothing is lost.
"""

import asyncio
import threading
from dataclasses import dataclass


@dataclass
class Carried:
    connections: int = 0
    bytes_up: int = 0


class Relay:
    """Listens on a free port for `upstream`, a port of this machine, in a thread of its own."""

    def __init__(self, upstream, round_trip_s):
        self._upstream, self._round_trip_s = upstream, round_trip_s
        self._carried = Carried()
        started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True).start()
        started.wait()

    def take(self):
        """What was carried since this was last asked."""
        carried, self._carried = self._carried, Carried()
        return carried

    async def _serve(self, started):
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    async def _connect(self, reader, writer):
        self._carried.connections += 1
        await asyncio.sleep(self._round_trip_s)
        try:
            up = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pump(reader, up[1], self._count), self._pump(up[0], writer, lambda data: None))

    def _count(self, data):
        self._carried.bytes_up += len(data)

    async def _pump(self, reader, writer, count):
        """Reading goes on while earlier bytes are under way: a long line is not a slow one."""
        queue = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def deliver():
            while (item := await queue.get()) is not None:
                due, data = item
                await asyncio.sleep(max(0, due - loop.time()))
                writer.write(data)
                await writer.drain()
            writer.close()

        delivery = asyncio.create_task(deliver())
        try:
            while data := await reader.read(256 << 10):
                count(data)
                queue.put_nowait((loop.time() + self._round_trip_s / 2, data))
        except ConnectionError:
            pass
        queue.put_nowait(None)
        try:
            await delivery
        except ConnectionError:
            pass
