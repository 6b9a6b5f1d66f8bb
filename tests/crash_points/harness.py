"""Runs scenarios again and again, stopping them at every boundary of every call.

    reference  ── undisturbed ────────────────────────────── end state ┐
    call 0     ── ✗ before ── again, again, stale ── the rest ── end ──┤ all equal
    call 0     ── ✗ after ─── overtaken, again ───── the rest ── end ──┤
    …                                                                  ┘

A scenario is a function of a `World`. It must ask for the same things in every run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.crash_points.calls import Boundary, CallSite, Moment
from tests.crash_points.cloud import Cloud
from tests.crash_points.plan import Covered, Plan
from tests.crash_points.snapshot import difference, without_revisions
from tests.crash_points.world import World, running

Scenario = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Run:
    """How a run went."""

    end_state: list[str]
    sites: list[CallSite]
    covered: Covered
    crashed: bool


class Harness:
    """Runs scenarios in one account, keeping each one's reference."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._references: dict[Scenario, Run] = {}

    def run(self, scenario: Scenario, plan: Plan) -> Run:
        with running(self._cloud, plan) as world:
            scenario(world)
            end_state = world.finish()
            return Run(end_state, world.calls.sites, world.covered, world.crashed)

    def reference(self, scenario: Scenario) -> Run:
        """The undisturbed run."""
        if scenario not in self._references:
            self._references[scenario] = self.run(scenario, Plan())
        return self._references[scenario]

    def boundaries(self, scenario: Scenario) -> list[Boundary]:
        """Before and after every call that the reference made.

        To die before or after a call that only reads leaves the world, and so the rest of the
        run, as another stop of the same delivery does; of those that are alike, one is made.
        """
        alike: dict[tuple[int, int, Moment], Boundary] = {}
        changed = 0
        for call, site in enumerate(self.reference(scenario).sites):
            alike[site.number, changed, "before"] = Boundary(call, "before")
            changed += not site.only_reads
            alike.setdefault((site.number, changed, "after"), Boundary(call, "after"))
        return list(alike.values())

    def trouble(self, scenario: Scenario, plan: Plan) -> str:
        """What a disturbed run left otherwise than the reference, naming where it was stopped."""
        reference = self.reference(scenario)
        where = "every delivery twice"
        if plan.crash_at:
            site = reference.sites[plan.crash_at.call]
            number = f"call {plan.crash_at.call}"
            where = f"{plan.crash_at.moment} {site.operation} in {site.delivery} ({number})"
        try:
            run = self.run(scenario, plan)
        except Exception as error:
            return f"{where}:\n  {type(error).__name__}: {error}"
        if plan.crash_at and not run.crashed:
            return f"{where}: the run never came there; the scenario is not deterministic"
        expected, ended = reference.end_state, run.end_state
        if plan.crash_at and plan.crash_at.moment == "after":
            expected, ended = without_revisions(expected), without_revisions(ended)
        found = difference(expected, ended)
        return f"{where}:\n{found}" if found else ""
