"""The tables: figures, ratios, and expectations against them."""

from cases import CASES, LIST_100, LIST_1000, POST
from rounds import Results
from table import figure, number, render
from targets import OURS
from wrk import Run


# In place of figures from a run that ended before most of what it had begun.
UNUSABLE = ["too slow"] * 4


def tables(targets, results):
    peers = [target.name for target in targets if target.peer]
    # Memory is compared between those that went through every case.
    loaded = {target.name for target in targets if not target.writes_only}
    parts = ["\n".join(f"- **{target.name}**: {target.what}" for target in targets)]
    for case in CASES:
        parts.append(f"### {case.name}\n\n" + case_table(case, targets, results))
    parts.append("### Memory and start\n\n" + process_table([t for t in targets if not t.writes_only], results))
    parts.append("### Expectations\n\n" + expectations(peers, loaded, results))
    return "\n\n".join(parts)


def case_table(case, targets, results):
    unit = "CPU µs/request" if case.unit == 1 else "CPU µs/pair"
    header = ["target", "clients", "req/s", "p50 ms", "p99 ms", unit, "errors", "CPU ÷ ours", "ours ÷ it, req/s"]
    rows = []
    for connections in case.connections:
        our_cpu = results.middle(OURS, case.name, connections, "cpu_us")
        our_rps = results.middle(OURS, case.name, connections, "rps")
        for target in targets:
            runs = results.runs.get((target.name, case.name, connections))
            if not runs:
                continue
            cpu, rps, p50, p99 = (
                results.middle(target.name, case.name, connections, name) for name in ("cpu_us", "rps", "p50_ms", "p99_ms")
            )
            errors = sum(run.errors for run in runs)
            ratios = [f"{figure(cpu / our_cpu)}x", f"{figure(our_rps / rps)}x"]
            cells = [number(connections), number(rps), figure(p50), figure(p99), figure(cpu), number(errors)]
            if not results.usable(target.name, case.name, connections):
                cells, ratios = [number(connections), *UNUSABLE, number(errors)], UNUSABLE[:2]
            rows.append([target.name, *cells, *ratios])
    return render(header, rows)


def process_table(targets, results):
    header = ["target", "RSS fresh KiB", "RSS peak KiB", "peak ÷ ours", "start wall ms", "start CPU ms", "CPU ÷ ours"]
    rows = []
    for target in targets:
        fresh, peak = results.rss(target.name, 0), results.rss(target.name, 1)
        wall, cpu = results.start(target.name, 0), results.start(target.name, 1)
        rows.append([
            target.name, number(fresh), number(peak), f"{figure(peak / results.rss(OURS, 1))}x",
            figure(wall * 1000), figure(cpu * 1000), f"{figure(cpu / results.start(OURS, 1))}x",
        ])  # fmt: skip
    return render(header, rows)


def expectations(peers, loaded, results):
    """Our backend with its log on, against whichever of `peers` is best at the thing."""
    rows = []

    def row(what, wanted, ours, best, ratio, good):
        rows.append([what, wanted, ours, f"{best[1]} ({best[0]})", ratio, "met" if good else "NOT MET"])

    def per_peer(value, pick):
        values = ((peer, value(peer)) for peer in peers)
        return pick((pair for pair in values if pair[1] is not None), key=lambda pair: pair[1], default=None)

    for case, factor in ((LIST_100, 20), (LIST_1000, 40)):
        for connections in case.connections:
            def cpu(name):
                return results.middle(name, case.name, connections, "cpu_us") if results.usable(name, case.name, connections) else None

            best = per_peer(cpu, min)
            if best is None:
                row(f"{case.name}, {connections}: CPU µs/request", f"≥ {factor}x less", figure(cpu(OURS)), ("every peer", "too slow"), "", False)
                continue
            ratio = best[1] / cpu(OURS)
            row(f"{case.name}, {connections}: CPU µs/request", f"≥ {factor}x less", figure(cpu(OURS)),
                (best[0], figure(best[1])), f"{figure(ratio)}x", ratio >= factor)  # fmt: skip

    def posts(name):
        return results.middle(name, POST.name, 32, "rps")

    best = per_peer(posts, max)
    ratio = posts(OURS) / best[1]
    row("POST /api/items, 32: req/s", "≥ 5x", number(posts(OURS)), (best[0], number(best[1])), f"{figure(ratio)}x", ratio >= 5)
    for which, title in enumerate(("fresh", "peak")):
        best = per_peer(lambda name: results.rss(name, which) if name in loaded else None, min)
        ours = results.rss(OURS, which)
        row(f"RSS {title}, KiB", "≤ 1/5", number(ours), (best[0], number(best[1])), f"1/{figure(best[1] / ours)}", ours * 5 <= best[1])
    best = per_peer(lambda name: results.start(name, 1), min)
    ours = results.start(OURS, 1) * 1000
    row("start, CPU ms", "< 20", figure(ours), (best[0], figure(best[1] * 1000)), f"{figure(best[1] * 1000 / ours)}x", ours < 20)
    return render(["expectation", "wanted", "ours", "best peer", "ratio", "verdict"], rows)


def from_json(told):
    """The results that `as_json` wrote."""
    results = Results()
    for load in told["loads"]:
        results.runs[load["target"], load["case"], load["connections"]] = [Run(**run) for run in load["runs"]]
    for name, pairs in told["rss_kib"].items():
        results.memory[name] = [(pair["fresh"], pair["peak"]) for pair in pairs]
    for name, pairs in told["starts_s"].items():
        results.starts[name] = [(pair["wall"], pair["cpu"]) for pair in pairs]
    return results


def as_json(results):
    """Every run, for other programs."""
    loads = [
        {"target": target, "case": case, "connections": connections, "runs": [vars(run) for run in runs]}
        for (target, case, connections), runs in results.runs.items()
    ]
    return {
        "version": 1,
        "loads": loads,
        "rss_kib": {name: [{"fresh": fresh, "peak": peak} for fresh, peak in pairs] for name, pairs in results.memory.items()},
        "starts_s": {name: [{"wall": wall, "cpu": cpu} for wall, cpu in pairs] for name, pairs in results.starts.items()},
    }
