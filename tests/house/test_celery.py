"""The worker's settings and the beat's schedule hold together."""

import threading

import pytest
from celery import shared_task

from crp.celery import app


@shared_task(name="tests.house.any")
def any_task() -> None:
    """For finding which app a thread gets."""


@pytest.mark.parametrize("entry", sorted(app.conf.beat_schedule))
def test_every_beat_entry_names_a_registered_task(entry: str) -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule[entry]["task"] in app.tasks


def test_every_task_of_the_apps_is_woken_by_beat_or_by_name() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    assert all("." in name and not name.startswith("crp.") for name in ours), "named for the domain, not for a module"


def test_a_lost_worker_loses_nothing_it_had_taken() -> None:
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.task_time_limit, conf.task_soft_time_limit) == (120, 90)
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert not conf.task_publish_retry
    assert conf.accept_content == ["json"]
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit


def test_a_thread_of_the_web_server_finds_our_app() -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(any_task.app))
    thread.start()
    thread.join()
    assert found == [app]
