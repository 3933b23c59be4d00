//! Why a task or a deployment failed, from the sentences of ECS, and what to do about it.

mod classify;
mod hint;

use std::fmt;

use super::Stopped;

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The registry has no such image.
    ImageMissing,
    /// The task has no way to the registry.
    ImageNoRoute,
    /// The execution role may not pull the image.
    ImageDenied,
    /// The image is for another processor.
    Architecture,
    /// A secret, or the value of one, is not there.
    SecretMissing,
    /// The execution role may not read a secret.
    SecretDenied,
    /// The task has no way to what it needs before it starts.
    NoRoute,
    /// The log group is not there.
    LogGroupMissing,
    /// The file system could not be mounted.
    Volume,
    /// The task needed more memory than it has.
    OutOfMemory,
    /// The program in the image could not be started.
    CannotStart,
    /// The load balancer's health check got a status that it does not take.
    HealthStatus(String),
    /// The load balancer's health check got no answer in time.
    HealthTimeout,
    /// The load balancer's health check could not connect.
    HealthPort,
    /// The load balancer's health check failed; it did not say how.
    HealthFailed,
    /// The container's own health check failed.
    ContainerHealth,
    /// The program ended with this code.
    Crashed(i32),
    /// The program ended by itself, without an error.
    Ended,
    /// AWS has no room.
    NoCapacity,
    /// The account may not run so many.
    Quota,
    /// AWS took a spot task back.
    Spot,
    /// Somebody stopped it.
    ByHand,
    /// An alarm went off.
    Alarm(String),
    /// It took too long.
    Time(String),
    /// Requests from outside got no answer.
    NotAnswering(String),
    /// Something else, in ECS's words.
    Other(String),
}

impl Cause {
    /// Why `task` stopped; none if that is what happens to tasks that are replaced.
    pub fn of(task: &Stopped) -> Option<Self> {
        classify::task(task)
    }

    /// Why a deployment ended, from ECS's words.
    pub fn of_deployment(reason: &str) -> Self {
        classify::deployment(reason)
    }

    /// What a complaint of ECS is about, if it is about something that waiting may not mend.
    pub fn of_complaint(sentence: &str) -> Option<Self> {
        classify::capacity(sentence)
    }

    /// Whether another try will meet the same.
    pub fn is_certain(&self) -> bool {
        matches!(
            self,
            Self::ImageMissing
                | Self::ImageDenied
                | Self::Architecture
                | Self::SecretMissing
                | Self::SecretDenied
                | Self::LogGroupMissing
                | Self::CannotStart
        )
    }

    /// Whether it may be the release's fault: no other image keeps AWS from taking spot capacity back, or a hand from a task.
    pub fn is_of_release(&self) -> bool {
        !matches!(self, Self::Spot | Self::ByHand)
    }

    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::ImageMissing => "the image is not in the registry".into(),
            Self::ImageNoRoute => "the image could not be pulled: the task has no way to the registry".into(),
            Self::ImageDenied => "the image could not be pulled: the execution role may not".into(),
            Self::Architecture => "the image is for another processor than the task's".into(),
            Self::SecretMissing => "a secret has no value yet, or is not there".into(),
            Self::SecretDenied => "the execution role may not read a secret".into(),
            Self::NoRoute => "the task has no way to ECR, Secrets Manager or CloudWatch".into(),
            Self::LogGroupMissing => "the log group is not there".into(),
            Self::Volume => "the file system could not be mounted".into(),
            Self::OutOfMemory => "out of memory: the task needed more than it has".into(),
            Self::CannotStart => "the program in the image could not be started".into(),
            Self::HealthStatus(codes) => format!("the load balancer's health check was answered with {codes}"),
            Self::HealthTimeout => "the load balancer's health check got no answer in time".into(),
            Self::HealthPort => "the load balancer's health check could not connect to the port".into(),
            Self::HealthFailed => "the load balancer's health check failed".into(),
            Self::ContainerHealth => "the container's health check failed".into(),
            Self::Crashed(code) if *code > 128 => {
                format!("the program was killed by signal {} (exit code {code})", code - 128)
            }
            Self::Crashed(code) => format!("the program ended with exit code {code}"),
            Self::Ended => "the program exited with exit code 0".into(),
            Self::NoCapacity => "AWS has no room for the task in these zones".into(),
            Self::Quota => "the account's quota of Fargate vCPU is used up".into(),
            Self::Spot => "AWS took the spot capacity back".into(),
            Self::ByHand => "the task was stopped by hand".into(),
            Self::Alarm(names) => format!("an alarm went off: {names}"),
            Self::Time(waiting_for) => format!("it took too long, still waiting for {waiting_for}"),
            Self::NotAnswering(why) => format!("requests from outside got no answer: {why}"),
            Self::Other(reason) => reason.clone(),
        }
    }

    /// What to do about it, if that is known.
    pub fn hint(&self) -> Option<&'static str> {
        hint::of(self)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

#[cfg(test)]
mod tests;
