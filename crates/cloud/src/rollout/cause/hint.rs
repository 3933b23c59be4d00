//! What to do about a cause.

use super::Cause;

pub(super) fn of(cause: &Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::ImageMissing => "push it with `driftless push`; a lifecycle policy may have removed it",
        Cause::ImageNoRoute | Cause::NoRoute => {
            "private subnets need a NAT gateway, or endpoints for ECR, S3, logs and secrets: see `network.egress`"
        }
        Cause::ImageDenied => "the execution role needs `ecr:GetAuthorizationToken` and pull rights on the repository",
        Cause::Architecture => "build for the service's `architecture`, or change that in infra.nix",
        Cause::SecretMissing => "see which with `driftless secrets check`, set it with `driftless secrets set`",
        Cause::SecretDenied => {
            "the execution role needs `secretsmanager:GetSecretValue` on it, and `kms:Decrypt` if its key is yours"
        }
        Cause::LogGroupMissing => "deploy again, which makes it; the plan shows it as removed",
        Cause::Volume => "its security group has to let the tasks in on port 2049, in each of their zones",
        Cause::OutOfMemory => "give the service more `memory` in infra.nix, or find out what takes it",
        Cause::CannotStart => "look at the image with `driftless image inspect`: entrypoint, and a static binary",
        Cause::HealthStatus(_) => "compare `health.path` in infra.nix with what the program serves",
        Cause::HealthTimeout => "the program is slow to start or to answer: see its log, or raise `health.timeout`",
        Cause::HealthPort => "the program has to listen on 0.0.0.0 and on the port that `PORT` says",
        Cause::HealthFailed => "see the task's log, and `health` in infra.nix",
        Cause::ContainerHealth => "run the image's own check in it: `/bin/app healthcheck`",
        Cause::Crashed(_) | Cause::Ended => {
            "the task's log says why: its last lines are above, `driftless logs` has all of it"
        }
        Cause::NoCapacity => "wait, or use more zones",
        Cause::Quota => "ask for a higher quota `Fargate On-Demand vCPU resource count`, or run fewer tasks",
        Cause::Spot => "use on-demand capacity for services that must stay",
        Cause::Alarm(_) => "see the alarm's metric, and the logs of that time",
        Cause::Time(_) => "give it longer with `--timeout`, or find out what it waits for with `driftless status`",
        Cause::NotAnswering(_) => "see the name's DNS record and certificate, and the load balancer's security group",
        Cause::ByHand | Cause::Other(_) => return None,
    })
}
