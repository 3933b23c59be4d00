"""Rounds: in each, every case is put to every target in turn, so that a noisy minute hits all alike."""

import tempfile
from collections import defaultdict
from contextlib import ExitStack
from statistics import median

import wrk
from cases import CASES, LOAD, seed
from server import Server
from tools import say


class Results:
    def __init__(self):
        self.runs = defaultdict(list)  # (target, case, connections) -> [Run]
        self.memory = defaultdict(list)  # target -> [(fresh KiB, peak KiB)]
        self.starts = defaultdict(list)  # target -> [(wall s, CPU s)]

    def middle(self, target, case, connections, figure):
        runs = self.runs.get((target, case, connections))
        return median(getattr(run, figure) for run in runs) if runs else None

    def usable(self, target, case, connections):
        """Whether a run saw many more answers than it left under way: those cost CPU time and are not counted."""
        return self.runs.get((target, case, connections)) and self.middle(target, case, connections, "requests") >= 3 * connections

    def rss(self, target, which):
        return median(pair[which] for pair in self.memory[target])

    def start(self, target, which):
        return median(pair[which] for pair in self.starts[target])


def launch(target, directory):
    """A server on a new database of its own."""
    own = tempfile.mkdtemp(dir=directory)
    environment = {"DATABASE_URL": f"sqlite:///{own}/app.db"} | target.environment
    return Server(target.command, environment=environment, directory=own, path=target.health, log=f"{own}/stderr")


def load_round(targets, directory, seconds, results):
    with ExitStack() as stack:
        servers = {}
        for target in targets:
            servers[target.name] = stack.enter_context(launch(target, directory))
        rows = 0
        for case in CASES:
            if case.rows > rows:
                for target in targets:
                    if target.has_items:
                        seed(servers[target.name], case.rows)
                rows = case.rows
            for connections in case.connections:
                for target in targets:
                    measure(target, servers[target.name], case, connections, seconds, results)
        for target in targets:
            server = servers[target.name]
            results.memory[target.name].append((server.rss_fresh_kib, server.rss_peak_kib()))


def measure(target, server, case, connections, seconds, results):
    if target.writes_only and not case.writes:
        return
    path = case.path
    if not target.has_items:
        # The control has one answer: measured once per number of connections.
        if case is not CASES[0]:
            return
        path = "/"
    script = LOAD / case.script
    if case.script == "get.lua" and connections == case.connections[0]:
        wrk.run(server, path, connections, 1, script)  # warm up; writes need none and would add rows
    run = wrk.run(server, path, connections, case.seconds(seconds, connections), script)
    run.cpu_us *= case.unit
    results.runs[target.name, case.name, connections].append(run)
    say(f"  {case.name}, {connections}: {target.name}: {run.rps:,.0f}/s, {run.cpu_us:,.1f} µs, {run.errors} errors")


def start_round(targets, directory, results):
    for target in targets:
        with launch(target, directory) as server:
            results.starts[target.name].append((server.start_wall_s, server.start_cpu_s))
