# From what checkov says about a root to lines for people; the last is null, jq's exit code 1, if something was found.
[$policy[0].exceptions[] | select(.roots | index($root))] as $exceptions
| [.results.failed_checks[]?] as $failed
| [$failed[] | select(.check_id | IN($exceptions[].check) | not)] as $found
| [$exceptions[] | select(.check | IN($failed[].check_id) | not)] as $idle
| ($planned > .summary.resource_count or .summary.parsing_errors > 0 or .summary.passed == 0) as $blind
| "\($root): \($planned) resources, \(.summary.passed) checks passed, \(($failed | length) - ($found | length)) excepted, \($found | length) failed",
  ($found[] | "  \(.check_id) \(.resource): \(.check_name)"),
  ($idle[] | "  policy.json: \($root) needs no exception from \(.check) any more"),
  (if $blind then "  checkov has not read all of it" else empty end),
  (if $found == [] and $idle == [] and ($blind | not) then empty else null end)
