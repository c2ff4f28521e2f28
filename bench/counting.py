"""Tells how many queries a reply took, when asked by a header; otherwise it costs one look-up."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class CountingMiddleware:
    """`X-Bench: count` gives `X-Queries`, all of them, session and user included, and `X-Cpu`, ms of this thread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("X-Bench") != "count":
            return self.get_response(request)
        statements: list[str] = []

        def counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append(sql)
            return execute(sql, params, many, context)

        start = time.thread_time()
        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response.headers["X-Cpu"] = f"{(time.thread_time() - start) * 1000:.2f}"
        response.headers["X-Queries"] = str(len(statements))
        return response
