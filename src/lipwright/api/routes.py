"""Which routes a path has: for answers that are given before the router finds one, or when it finds none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.routing import Route


@dataclass(frozen=True)
class _Known:
    pattern: re.Pattern[str]
    template: str
    methods: frozenset[str]


class RouteTable:
    """The routes of some routers, in the order in which they are tried."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._known = [
            _Known(route.path_regex, route.path, frozenset(route.methods or ()))
            for router in routers
            for route in router.routes
            if isinstance(route, Route)
        ]

    def template(self, method: str, path: str) -> str | None:
        """``/v2/generate/{id}`` for a path that has routes, best of that method; None for any other."""
        found = [known for known in self._known if known.pattern.match(path)]
        fitting = [known for known in found if method in known.methods]
        return next((known.template for known in (*fitting, *found)), None)

    def methods(self, path: str) -> list[str]:
        """All methods that a path takes, sorted."""
        found = (known.methods for known in self._known if known.pattern.match(path))
        return sorted(frozenset().union(*found))
