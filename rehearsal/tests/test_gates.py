"""What the simulated account can't carry is taken out of a root, with all that refers to it."""

import json
import subprocess
from pathlib import Path

from conftest import ROOT


def gated(root: dict, tmp_path: Path) -> tuple[dict, str]:
    path = tmp_path / "config.tf.json"
    path.write_text(json.dumps(root))
    done = subprocess.run([ROOT / "rehearsal/gates", path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr


def test_takes_out_what_refers_to_what_is_gone(tmp_path: Path) -> None:
    left, said = gated(
        {
            "resource": {
                "aws_cloudfront_function": {"main": {}},
                "aws_route53_record": {
                    "main": {"alias": {"name": "${aws_cloudfront_function.main.arn}"}},
                    "other": {"name": "${aws_cloudfront_function.maintained.id}", "depends_on": ["aws_lb.main"]},
                },
                "aws_route53_health_check": {"main": {"depends_on": ["aws_route53_record.main"]}},
                "aws_lb": {"main": {}},
            },
            "output": {"name": {"value": "${aws_cloudfront_function.main.id}"}, "vpc": {"value": "${aws_vpc.main.id}"}},
        },
        tmp_path,
    )
    assert left == {
        "resource": {
            "aws_route53_record": {
                "other": {"name": "${aws_cloudfront_function.maintained.id}", "depends_on": ["aws_lb.main"]}
            },
            "aws_lb": {"main": {}},
        },
        "output": {"vpc": {"value": "${aws_vpc.main.id}"}},
    }
    assert said.splitlines() == [
        "left out: aws_cloudfront_function.main: moto knows no functions of CloudFront: 404",
        "left out: aws_route53_record.main: refers to aws_cloudfront_function.main",
        "left out: output.name: refers to aws_cloudfront_function.main",
        "left out: aws_route53_health_check.main: refers to aws_route53_record.main",
    ]


def test_leaves_everything_else_as_it_was(tmp_path: Path) -> None:
    root = {"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}, "output": {"a": {"value": 1}}, "variable": {}}
    assert gated(root, tmp_path) == (root, "")


def test_no_root_of_this_repository_is_gated() -> None:
    for path in (ROOT / "nix/rendered").glob("*/config.tf.json"):
        done = subprocess.run([ROOT / "rehearsal/gates", path], capture_output=True, text=True, check=True)
        assert done.stderr == "", path
