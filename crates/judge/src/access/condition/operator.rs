//! The names of condition operators, and how each compares one value of a policy with one of a request.

use std::{cmp::Ordering, net::IpAddr};

use ipnet::IpNet;

use super::date;
use crate::{
    access::{
        arn::Arn,
        pattern::Pattern,
        request::Asked,
        variable::{Unset, expand},
    },
    hole::first_hole,
    known::Known,
};

/// An operator with what is put before and after its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) base: Base,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

/// How sets of values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Any,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Equals,
    EqualsIgnoreCase,
    Like,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// What the order of two values has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Quantifier::All), rest),
            Some(("ForAnyValue", rest)) => (Some(Quantifier::Any), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (base, negated) = match name {
            "StringEquals" => (Base::Equals, false),
            "StringNotEquals" => (Base::Equals, true),
            "StringEqualsIgnoreCase" => (Base::EqualsIgnoreCase, false),
            "StringNotEqualsIgnoreCase" => (Base::EqualsIgnoreCase, true),
            "StringLike" => (Base::Like, false),
            "StringNotLike" => (Base::Like, true),
            "NumericEquals" => (Base::Numeric(Order::Equal), false),
            "NumericNotEquals" => (Base::Numeric(Order::Equal), true),
            "NumericLessThan" => (Base::Numeric(Order::Less), false),
            "NumericLessThanEquals" => (Base::Numeric(Order::LessOrEqual), false),
            "NumericGreaterThan" => (Base::Numeric(Order::Greater), false),
            "NumericGreaterThanEquals" => (Base::Numeric(Order::GreaterOrEqual), false),
            "DateEquals" => (Base::Date(Order::Equal), false),
            "DateNotEquals" => (Base::Date(Order::Equal), true),
            "DateLessThan" => (Base::Date(Order::Less), false),
            "DateLessThanEquals" => (Base::Date(Order::LessOrEqual), false),
            "DateGreaterThan" => (Base::Date(Order::Greater), false),
            "DateGreaterThanEquals" => (Base::Date(Order::GreaterOrEqual), false),
            "Bool" => (Base::Bool, false),
            "BinaryEquals" => (Base::Binary, false),
            "IpAddress" => (Base::Ip, false),
            "NotIpAddress" => (Base::Ip, true),
            "ArnEquals" | "ArnLike" => (Base::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Base::Arn, true),
            "Null" if !if_exists && quantifier.is_none() => (Base::Null, false),
            _ => return None,
        };
        Some(Self { quantifier, base, negated, if_exists })
    }
}

impl Base {
    /// Whether the request's value is what the policy's says.
    pub(super) fn compare(self, listed: &str, own: &str, variables: bool, asked: &Asked<'_>) -> Known {
        let pattern = |wildcards| match expand(listed, variables, wildcards, asked) {
            Ok(pattern) => Ok(pattern),
            Err(Unset::Missing(_)) => Err(Known::No(String::new())),
            Err(Unset::Unknown(why)) => Err(Known::Unknown(why)),
        };
        let matched = match self {
            Self::Equals => pattern(false).map(|pattern| pattern.matches(own)),
            Self::EqualsIgnoreCase => pattern(false).map(|pattern| pattern.matches_any_case(own)),
            Self::Like => pattern(true).map(|pattern| pattern.matches(own)),
            Self::Arn => pattern(true).map(|pattern| like_arn(&pattern, own)),
            _ => return self.compare_values(listed, own),
        };
        matched.unwrap_or_else(|answer| answer)
    }

    /// Comparisons that look at what a text means.
    fn compare_values(self, listed: &str, own: &str) -> Known {
        if let Some(name) = first_hole(listed).or(first_hole(own)) {
            return Known::Unknown(format!("`{name}` is not known"));
        }
        let truth = match self {
            Self::Bool => Some(
                ["true", "false"].iter().any(|word| listed.eq_ignore_ascii_case(word))
                    && listed.eq_ignore_ascii_case(own),
            ),
            Self::Binary => Some(listed == own),
            Self::Numeric(order) => {
                number(listed).map(|listed| number(own).is_some_and(|own| order.holds(own.total_cmp(&listed))))
            }
            Self::Date(order) => {
                date::parse(listed).map(|listed| date::parse(own).is_some_and(|own| order.holds(own.cmp(&listed))))
            }
            Self::Ip => network(listed).map(|listed| network(own).is_some_and(|own| listed.contains(&own))),
            _ => None,
        };
        match truth {
            Some(truth) => Known::of(truth, String::new),
            None => Known::Unknown(format!("`{listed}` is not a value that can be compared so")),
        }
    }
}

impl Order {
    fn holds(self, own_to_listed: Ordering) -> bool {
        match self {
            Self::Equal => own_to_listed.is_eq(),
            Self::Less => own_to_listed.is_lt(),
            Self::LessOrEqual => own_to_listed.is_le(),
            Self::Greater => own_to_listed.is_gt(),
            Self::GreaterOrEqual => own_to_listed.is_ge(),
        }
    }
}

/// Each of the six parts is compared by itself.
fn like_arn(pattern: &Pattern, own: &str) -> Known {
    let parts = pattern.split(6);
    if parts.len() < 6 && *pattern != Pattern::glob("*") {
        return Known::Unknown("the policy compares an ARN with what is none".to_owned());
    }
    if parts.len() < 6 || Arn::parse(own).is_none() {
        return pattern.matches(own);
    }
    Known::all(parts.iter().zip(own.splitn(6, ':')).map(|(pattern, part)| pattern.matches(part)))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A network; an address alone is a network of one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
