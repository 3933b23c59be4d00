"""ECS, played: services start tasks, deployments move, fail and roll back. One step a poll, no clock."""
