//! What has one price a month, whatever its arguments are.

use super::part::{Context, Part};

pub(super) fn parts(context: Context<'_>, kind: &str) -> Vec<Part> {
    let prices = context.prices;
    let (what, monthly) = match kind {
        "aws_route53_zone" => ("hosted zone", prices.dns.rates.zone),
        "aws_route53_health_check" => ("health check", prices.dns.rates.health_check),
        "aws_secretsmanager_secret" => ("secret", prices.secrets.rates.secret),
        "aws_kms_key" => ("key", prices.secrets.rates.key),
        "aws_cloudwatch_composite_alarm" => ("composite alarm", prices.watching.rates.composite_alarm),
        "aws_cloudwatch_dashboard" => ("dashboard", prices.watching.rates.dashboard),
        _ => return Vec::new(),
    };
    vec![Part::new(what, monthly)]
}
