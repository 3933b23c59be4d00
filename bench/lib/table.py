"""Tables for people: markdown with aligned columns."""


def render(header, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows)]

    def line(cells):
        # Names to the left, figures to the right.
        padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def figure(value):
    """Three significant digits or more, whatever the size."""
    return number(value, 0 if value >= 100 else 1 if value >= 10 else 2)
