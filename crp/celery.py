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

# Intervals in seconds, times in UTC. Each task asks the database what is due, so a beat that was off catches up at once.
app.conf.beat_schedule = {
    "outbox": {"task": "outbox.sweep", "schedule": 15},
    "closed-days": {"task": "metrics.tasks.refresh", "schedule": 30},
    "figures-overnight": {"task": "metrics.tasks.nightly", "schedule": crontab(hour=2, minute=15)},
}


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
