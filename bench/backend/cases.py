"""What is asked of each target, in the order in which it is asked: the writes last."""

import json
from dataclasses import dataclass
from pathlib import Path

LOAD = Path(__file__).resolve().parent / "load"
CONNECTIONS = (1, 32, 256)


@dataclass(frozen=True)
class Case:
    name: str
    path: str
    script: str
    rows: int
    connections: tuple = CONNECTIONS
    writes: bool = False
    # Requests that make up one unit of the CPU figure.
    unit: int = 1

    def seconds(self, base, connections):
        """Slow answers to many connections need longer: see `rounds.Results.usable`."""
        factors = {("get.lua", 100, 256): 3, ("get.lua", 1000, 32): 3, ("get.lua", 1000, 256): 10, ("post.lua", 1000, 256): 2}
        return base * factors.get((self.script, self.rows, connections), 1)


HEALTH = Case("GET /health", "/health", "get.lua", 0)
LIST_100 = Case("GET /api/items, 100 rows", "/api/items", "get.lua", 100)
CHANGING = Case("write + GET /api/items, 100 rows", "/api/items", "changing.lua", 100, connections=(1,), writes=True, unit=2)
LIST_1000 = Case("GET /api/items, 1,000 rows", "/api/items", "get.lua", 1000)
POST = Case("POST /api/items", "/api/items", "post.lua", 1000, writes=True)
CASES = (HEALTH, LIST_100, CHANGING, LIST_1000, POST)


def seed(server, want):
    """Adds items over the API until there are `want`."""
    connection = server.connect()
    connection.request("GET", "/api/items")
    have = len(json.loads(connection.getresponse().read()))
    for n in range(have, want):
        item = {"name": f"Item number {n}", "description": f"What there is to say about number {n}, at some length"}
        connection.request("POST", "/api/items", json.dumps(item), {"content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise RuntimeError(f"seeding: status {answer.status}")
    connection.request("GET", "/api/items")
    rows = len(json.loads(connection.getresponse().read()))
    connection.close()
    if rows != want:
        raise RuntimeError(f"seeding: {rows} rows, not {want}")
