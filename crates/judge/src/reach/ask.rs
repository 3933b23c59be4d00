//! A question: from where to where.

use super::{
    network::Network,
    place::{self, Place, PlaceError},
    source::From,
    stop::Stop,
    verdict::{Answer, Verdict, Way, all},
    walk::{End, Walk},
};

/// Whether one place reaches another. A name may stand for several places (`ecr` for two services and S3): then all of them are
/// meant.
///
/// ```
/// use judge::reach::{Answer, Network, reach};
///
/// let network: Network = serde_json::from_str(r#"{
///   "schema": 1,
///   "vpcs": {"main": {"cidrs": ["10.0.0.0/16"]}},
///   "subnets": {"a": {"vpc": "main", "cidr": "10.0.0.0/24"}},
///   "security_groups": {"api": {"egress": {"out": {"ports": [443, 443], "peer": {"cidr": "0.0.0.0/0"}}}}},
///   "services": {"api": {"subnets": ["a"], "security_groups": ["api"]}}
/// }"#)?;
/// let verdict = reach(&network, "api", "secretsmanager")?;
/// assert_eq!(verdict.answer, Answer::No);
/// assert_eq!(
///     verdict.message,
///     "api does not reach secretsmanager: `a` has no route table of its own, and the main one has no route to secretsmanager",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reach(network: &Network, from: &str, to: &str) -> Result<Verdict, PlaceError> {
    answer(network, from, to, true)
}

/// The same without ways through load balancers: by the name that Service Connect gives, for example.
pub fn reach_directly(network: &Network, from: &str, to: &str) -> Result<Verdict, PlaceError> {
    answer(network, from, to, false)
}

fn answer(network: &Network, from: &str, to: &str, balanced: bool) -> Result<Verdict, PlaceError> {
    let sources = place::read(network, from)?;
    let goals = place::read(network, to)?;
    if let Some((_, none)) = [(&sources, from), (&goals, to)].iter().find(|(places, _)| places.is_empty()) {
        return Ok(Verdict {
            answer: Answer::No,
            message: format!("{from} does not reach {to}: there is no {none}"),
            ways: Vec::new(),
            gaps: network.unknown.clone(),
        });
    }
    let mut ways = Vec::new();
    let mut answers = Vec::new();
    let mut through = Vec::new();
    for (source, _) in &sources {
        for (goal, port) in &goals {
            let found = Question { network, source, goal, port: *port }.ask(balanced);
            answers.push(found.answer);
            ways.extend(found.ways);
            through.extend(found.through);
        }
    }
    let answer = all(answers);
    through.sort();
    through.dedup();
    let mut message = message(answer, from, to, &ways);
    if answer == Answer::Yes && !through.is_empty() {
        message = format!("{message} through {}", through.join(", "));
    }
    Ok(Verdict { answer, message, ways, gaps: network.unknown.clone() })
}

pub(super) struct Question<'a> {
    pub(super) network: &'a Network,
    pub(super) source: &'a Place,
    pub(super) goal: &'a Place,
    pub(super) port: Option<u16>,
}

/// The best of some alternatives.
pub(super) struct Found {
    pub(super) answer: Answer,
    pub(super) ways: Vec<Way>,
    /// The load balancer that it leads through.
    pub(super) through: Option<String>,
}

impl Question<'_> {
    /// The best of the alternatives.
    pub(super) fn ask(&self, balanced: bool) -> Found {
        let from = match self.begin() {
            Ok(from) => from,
            Err(stop) => return self.stopped(stop),
        };
        // Where a load balancer leads to it, why it does not tells more than that tasks have no public address.
        let mut alternatives = if balanced { self.through_load_balancers(&from) } else { Vec::new() };
        alternatives.extend(self.listeners(&from));
        alternatives
            .into_iter()
            .reduce(|best, next| if next.answer > best.answer { next } else { best })
            .expect("there is the direct way")
    }

    /// Without a load balancer between; to a load balancer by each of its listeners, unless the question names one.
    fn listeners(&self, from: &From) -> Vec<Found> {
        let ports: Vec<_> = match self.goal {
            Place::LoadBalancer(name) if self.port.is_none() => {
                self.network.load_balancers[name].listeners.values().map(|listener| Some(listener.port)).collect()
            }
            _ => Vec::new(),
        };
        let ports = if ports.is_empty() { vec![self.port] } else { ports };
        ports
            .into_iter()
            .map(|port| {
                let ways = Question { port, ..*self }.direct(from);
                Found { answer: all(ways.iter().map(|way| way.answer)), ways, through: None }
            })
            .collect()
    }

    fn stopped(&self, stop: Stop) -> Found {
        let way = self.way(stop);
        Found { answer: way.answer, ways: vec![way], through: None }
    }

    pub(super) fn way(&self, stop: Stop) -> Way {
        let walk = Walk { hops: Vec::new(), end: End::Stopped(stop) };
        Way::new(&self.source.to_string(), &self.goal.to_string(), walk)
    }
}

fn message(answer: Answer, from: &str, to: &str, ways: &[Way]) -> String {
    let why = |wanted: &[Answer]| {
        ways.iter()
            .filter(|way| wanted.contains(&way.answer))
            .find_map(|way| way.lacks.clone())
            .unwrap_or_else(|| "the ways say why".to_owned())
    };
    match answer {
        Answer::Yes => format!("{from} reaches {to}"),
        Answer::No => format!("{from} does not reach {to}: {}", why(&[Answer::No])),
        Answer::Partly => {
            format!("{from} reaches {to} in part: {}", why(&[Answer::No, Answer::Partly, Answer::CannotBeJudged]))
        }
        Answer::CannotBeJudged => {
            format!("whether {from} reaches {to} cannot be judged: {}", why(&[Answer::CannotBeJudged]))
        }
    }
}
