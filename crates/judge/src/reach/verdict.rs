//! What reaches what: the answer, and each way that was tried.

use std::fmt;

use serde::Serialize;

use super::{
    stop::Stop,
    walk::{End, Walk},
};

/// Whether something is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// By no way.
    No,
    /// It depends on something that is not known.
    CannotBeJudged,
    /// From some subnets or for some addresses alone.
    Partly,
    /// From everywhere that it may begin to everywhere that it may lead.
    Yes,
}

/// One way, from one subnet to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Where it begins.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// Whether it does.
    pub answer: Answer,
    /// What it passes, in order.
    pub hops: Vec<String>,
    /// What stops it, or narrows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is reached.
    pub answer: Answer,
    /// One sentence.
    pub message: String,
    /// The ways that were tried.
    pub ways: Vec<Way>,
    /// What the network's description lacks: a way that is not open may be so by something that is not described.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message)?;
        for way in &self.ways {
            write!(out, "\n\n{} -> {}", way.from, way.to)?;
            for hop in &way.hops {
                write!(out, "\n  {hop}")?;
            }
            match (&way.lacks, way.answer) {
                (Some(lacks), _) => write!(out, "\n  {}: {lacks}", way.answer)?,
                (None, answer) => write!(out, "\n  {answer}")?,
            }
        }
        for gap in &self.gaps {
            write!(out, "\n\nnot described: {gap}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::No => "no",
            Self::CannotBeJudged => "cannot be judged",
            Self::Partly => "in part",
            Self::Yes => "yes",
        })
    }
}

impl Way {
    pub(crate) fn new(from: &str, to: &str, walk: Walk) -> Self {
        let (answer, lacks) = match walk.end {
            End::All => (Answer::Yes, None),
            End::Some(addresses) => (Answer::Partly, Some(format!("only {addresses} may pass"))),
            End::Stopped(Stop::No(why)) => (Answer::No, Some(why)),
            End::Stopped(Stop::Unknown(why)) => (Answer::CannotBeJudged, Some(why)),
        };
        Self { from: from.to_owned(), to: to.to_owned(), answer, hops: walk.hops, lacks }
    }
}

/// Ways of which all have to be open: from each subnet, to each address.
pub(crate) fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.sort_unstable();
    answers.dedup();
    match answers[..] {
        [] => Answer::CannotBeJudged,
        [one] => one,
        _ if answers.contains(&Answer::No) && answers.contains(&Answer::CannotBeJudged) && answers.len() == 2 => {
            Answer::CannotBeJudged
        }
        _ if !answers.contains(&Answer::No) && answers.contains(&Answer::CannotBeJudged) => Answer::CannotBeJudged,
        _ => Answer::Partly,
    }
}
