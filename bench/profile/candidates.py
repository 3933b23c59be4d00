"""The release profiles that are compared, as overrides of `[profile.image]`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    name: str
    lto: str
    units: int
    panic: str = "unwind"
    opt: str = "3"

    def slug(self):
        return "-".join(self.name.replace(",", "").lower().split())

    def config(self):
        opt = self.opt if self.opt.isdigit() else f'"{self.opt}"'
        lto = self.lto if self.lto == "false" else f'"{self.lto}"'
        values = {"lto": lto, "codegen-units": self.units, "panic": f'"{self.panic}"', "opt-level": opt}
        return [f"profile.image.{key}={value}" for key, value in values.items()]


CANDIDATES = (
    Candidate("release default", "false", 16),
    Candidate("thin LTO, 1 unit", "thin", 1),
    Candidate("fat LTO, 1 unit", "fat", 1),
    Candidate("fat LTO, 1 unit, abort", "fat", 1, panic="abort"),
    Candidate("fat LTO, 1 unit, abort, opt s", "fat", 1, panic="abort", opt="s"),
)
# What the workspace's Cargo.toml says.
CHOSEN = "fat LTO, 1 unit"
