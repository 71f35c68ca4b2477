"""The same story as Prefect runs it: each step a task. The only place that knows Prefect.

``prefect.yaml`` deploys ``refresh_due`` once per cycle (day, week, month, …). A dataset is a run of
its own under it, so that the schedule's page shows each; a failing one never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff

from catalog.names import DatasetId
from catalog.problem import OutsideError, SamdaoError
from flows.order import waves
from flows.outcome import Outcome
from flows.publish import publish
from flows.refresh import Receipt, due
from flows.world import World, open_world

_RETRIES = 3


def _may_pass(task_: Any, run: Any, state: Any) -> bool:
    """Whether a failed step is worth another try: only what the world outside may mend by itself.

    Sources say so of each failure (``passing``); a full disk or a twin at work is not retried.
    """
    try:
        state.result()
    except OutsideError as error:
        return any(problem.params.get("passing") for problem in error.problems)
    except Exception:  # noqa: BLE001  (whatever else it was, another try gives the same)
        return False
    return False


def as_task(step: Callable[..., Any], *given: Any) -> Any:
    """Run a step as a task: timed, retried with back-off where the world outside failed.

    What it is given stays out of the task's parameters: Prefect would take them apart.
    """
    name = getattr(step, "__name__", str(step))

    @task(
        name=name,
        task_run_name=name,
        retries=_RETRIES,
        retry_delay_seconds=exponential_backoff(backoff_factor=2),
        retry_jitter_factor=0.5,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def run() -> Any:
        return step(*given)

    return run()


@flow(name="publish", flow_run_name="{dataset}", persist_result=False)
def publish_one(dataset: str) -> Any:
    """Publish one dataset; its report is kept with the run.

    Args:
        dataset: ``office/dataset``.
    """
    world = open_world()
    id = world.declarations.find(dataset)
    try:
        outcome = publish(id, world, as_task)
    except SamdaoError as error:
        _keep_report(Receipt(id, None, error.problems, error.exit_code))
        said = error.problems[0].words("th")
        return Failed(message=f"{dataset}: {said}")
    _keep_report(Receipt(id, outcome))
    return Completed(message=f"{outcome.kind} {outcome.version}")


@flow(name="refresh", persist_result=False)
def refresh_due(units: Sequence[str] = ()) -> Any:
    """Publish what is due among datasets of some frequencies.

    Args:
        units: names of ``frequencies`` (``day``, ``month``, …); all if empty.
    """
    world = open_world()
    wanted = [id for id in due(world.declarations.ids(), world) if _of_cycle(id, units, world)]
    failed = []
    for wave in waves(tuple(wanted), world):
        for id in wave:
            state: Any = publish_one(str(id), return_state=True)
            if not state.is_completed():
                failed.append(str(id))
    done = len(wanted) - len(failed)
    get_run_logger().info("%d of %d datasets done", done, len(wanted))
    if failed:
        return Failed(message=f"{len(failed)} of {len(wanted)} failed: {', '.join(failed)}")
    return Completed(message=f"{done} datasets done")


def _of_cycle(id: DatasetId, units: Sequence[str], world: World) -> bool:
    """Whether a dataset is renewed in one of the cycles; a wrong declaration is everyone's."""
    if not units:
        return True
    try:
        return world.declarations.dataset(id).frequency.unit in units
    except SamdaoError:
        return True


def _keep_report(receipt: Receipt) -> None:
    """The run's report as an artifact: what came of it, or what is wrong and what to do."""
    create_markdown_artifact(key=receipt.id.ckan_name.replace("_", "-"), markdown=report(receipt))


def report(receipt: Receipt) -> str:
    """A receipt as Markdown, in Thai with English beside it."""
    lines = [f"# {receipt.id}", ""]
    outcome: Outcome | None = receipt.outcome
    if outcome:
        lines.append(f"**{outcome.kind}** {outcome.version}")
        for table, rows in outcome.rows.items():
            change = outcome.changes.get(table, {})
            said = ", ".join(f"{k} {change[k]}" for k in ("added", "removed", "changed") if change)
            lines.append(f"- `{table}`: {rows:,} แถว (rows){' · ' + said if said else ''}")
    lines += [
        f"- **{problem.code}** {problem.words('th')}  \n  {problem.words('en')}"
        for problem in receipt.problems
    ]
    return "\n".join(lines)
