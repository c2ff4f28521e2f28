"""
The Celery app and the beat schedule, composed of the apps' tasks.

PostgreSQL holds what is to be done; a task only wakes its verb up, so losing or repeating one does no harm.
"""

import logging.config
import os
from typing import Any

import structlog
from celery import Celery
from celery.schedules import crontab
from celery.signals import before_task_publish, setup_logging, task_prerun
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crp.settings")

app = Celery("crp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    result_backend=None,
    task_time_limit=120,
    task_soft_time_limit=90,
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=8,
    worker_send_task_events=False,
    broker_transport_options={
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
    },
)
# Without it the threads of gunicorn would find an app without our broker.
app.set_default()
app.autodiscover_tasks()


def wake(task: str, schedule: float | crontab, *, expires: int) -> dict[str, Any]:
    """A beat entry whose wake-up, not taken within `expires` seconds, is dropped: the next one does the same."""
    return {"task": task, "schedule": schedule, "options": {"expires": expires}}


# Intervals in seconds, times in UTC. Each task asks the database what is due: a beat that was off catches up at once.
# What goes by a person's or the program's own day looks every hour whether that day has come.
app.conf.beat_schedule = {
    "send": wake("outbox.sweep", 15, expires=60),
    "import": wake("imports.work", 30, expires=60),
    "forget-imports": wake("imports.forget", crontab(minute=40, hour=3), expires=3600),
    "remind": wake("requests_app.send_reminders", 60, expires=120),
    "lapse asks": wake("requests_app.lapse_overdue", 60, expires=120),
    "give back holds": wake("references.tasks.expire_holds", 60, expires=120),
    "sum closing days": wake("metrics.tasks.refresh", 60, expires=120),
    "expire requests": wake("requests_app.expire_requests", crontab(minute="5"), expires=3_600),
    "turn pauses": wake("references.tasks.turn_pauses", crontab(minute="10"), expires=3_600),
    "look at material's dates": wake("materials.check_dates", crontab(minute="15"), expires=3_600),
    "remind of tasks": wake("references.tasks.remind", 900, expires=900),
    "thank": wake("references.tasks.thank", 900, expires=900),
    "keep watch": wake("references.tasks.keep_watch", crontab(minute="20"), expires=3_600),
    "keep vitals": wake("references.tasks.keep_vitals", crontab(minute="35"), expires=3_600),
    "nominate after won deals": wake("requests_app.follow_won_deals", crontab(hour="4", minute="50"), expires=43_200),
    "follow health": wake("references.tasks.follow_health", crontab(hour="4", minute="30"), expires=43_200),
    "sort tiers and snapshots": wake("metrics.tasks.nightly", crontab(hour="3", minute="40"), expires=43_200),
    "sweep files": wake("materials.sweep_files", crontab(hour="3", minute="20"), expires=43_200),
    "forget sessions": wake("sessions.clear", crontab(hour="3", minute="0"), expires=43_200),
}


@app.task(name="sessions.clear")
def clear_sessions() -> None:
    """Forget the sessions that have ended by themselves."""
    call_command("clearsessions")


@setup_logging.connect
def use_our_logs(**_: Any) -> None:
    """Keep Celery from bringing its own log format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Send the request's id along, so that the logs of both sides can be laid together."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id and headers is not None:
        headers["request_id"] = request_id


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    """Every log line of a task says which one wrote it, and for which request."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    request_id = task.request.get("request_id")
    if request_id:
        structlog.contextvars.bind_contextvars(request_id=request_id)
