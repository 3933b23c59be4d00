"""ECS tasks: those of services are listed, and a task that is run goes through its states and has an exit code."""

from moto.core.responses import ActionResult
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.responses import DESCRIBE_TASKS_TAGS
from moto.ecs.responses import EC2ContainerServiceResponse as Responses

from ..ecs import reality
from ..ecs.runs import RUNS
from ..ecs.task import Task
from ..patching import replace


@replace(Responses, "list_tasks")
def list_tasks(self: Responses) -> ActionResult:
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
    service, family = self._get_param("serviceName"), self._get_param("family")
    started_by, status = self._get_param("startedBy"), self._get_param("desiredStatus") or "RUNNING"
    tasks = [
        task.task_arn
        for task in self.ecs_backend.tasks.get(cluster.name, {}).values()
        if task.desired_status == status
        and (not service or task.group == f"service:{service.split('/')[-1]}")
        and (not family or f"/{family}:" in task.task_definition_arn)
        and (not started_by or task.started_by == started_by)
    ]
    start, most = int(self._get_param("nextToken") or 0), self._get_int_param("maxResults", 100)
    more = {"nextToken": str(start + most)} if start + most < len(tasks) else {}
    return ActionResult({"taskArns": tasks[start : start + most], **more})


@replace(Responses, "describe_tasks")
def describe_tasks(self: Responses) -> ActionResult:
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
    wanted = self._get_param("tasks", [])
    if not wanted:
        raise InvalidParameterException("Tasks cannot be empty.")
    if "TAGS" in self._get_param("include", []):
        self._include_in_response(DESCRIBE_TASKS_TAGS)
    else:
        self._exclude_from_response(DESCRIBE_TASKS_TAGS)
    known = {task.id: task for task in self.ecs_backend.tasks.get(cluster.name, {}).values()}
    found = [known[name.split("/")[-1]] for name in wanted if name.split("/")[-1] in known]
    for task in found:
        RUNS.step(task)
    missing = [{"arn": name, "reason": "MISSING"} for name in wanted if name.split("/")[-1] not in known]
    return ActionResult({"tasks": found, "failures": missing})


@replace(Responses, "run_task")
def run_task(self: Responses) -> ActionResult:
    backend = self.ecs_backend
    cluster = backend._get_cluster(self._get_param("cluster", "default"))
    definition = backend.describe_task_definition(self._get_param("taskDefinition"))
    if not self._get_param("networkConfiguration"):
        raise InvalidParameterException("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    network = self._get_param("networkConfiguration")
    problem = reality.outcome_of(self.current_account, self.region, definition, network)
    if not problem.script:
        raise EcsClientException(problem.event.partition("(error ")[2].removesuffix(")."))
    tasks = []
    for _ in range(self._get_int_param("count", 1)):
        task = Task(
            cluster,
            definition,
            RUNS.outcome(definition.family, problem),
            network,
            self._get_param("group") or f"family:{definition.family}",
            self._get_param("startedBy") or "",
            self.current_account,
            overrides=self._get_param("overrides"),
            tags=self._get_param("tags"),
        )
        backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
        tasks.append(task)
    return ActionResult({"tasks": tasks, "failures": []})


@replace(Responses, "stop_task")
def stop_task(self: Responses) -> ActionResult:
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
    name = self._get_param("task").split("/")[-1]
    task = next((one for one in self.ecs_backend.tasks.get(cluster.name, {}).values() if one.id == name), None)
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    task.stop("UserInitiated", self._get_param("reason") or "Task stopped by user", 143)
    return ActionResult({"task": task})
