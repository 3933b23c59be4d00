"""The simulated AWS account: moto, what it lacks, an ECR data plane and a playing ECS in one process."""

ACCOUNT = "123456789012"
