"""Whatever is done in whatever order, the rows agree with a model of a few lines."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lipwright.errors import ConflictError, NotFoundError
from lipwright.store.accounts import Accounts
from lipwright.store.batches import Batches
from lipwright.store.database import Database
from lipwright.store.generations import Generations
from tests.unit.store.made import batch, generation

_OPEN = ("pending", "processing")


@dataclass
class Known:
    """What the model knows of a generation."""

    owner: str
    batch_id: str | None
    status: str = "pending"


class Machine(RuleBasedStateMachine):
    """Two accounts that add, work on, cancel and delete generations; every rule is a transaction."""

    database: Database
    ids: Bundle[str] = Bundle("ids")
    mine = st.booleans()

    def __init__(self) -> None:
        super().__init__()
        with self.database.begin() as connection:
            self.accounts = [Accounts(connection).create(name).id for name in ("ours", "others")]
        self.known: dict[str, Known] = {}

    @rule(target=ids, who=st.integers(0, 1))
    def add_single(self, who: int) -> str:
        new = generation(self.accounts[who])
        with self.database.begin() as connection:
            Generations(connection).add(new)
        self.known[new.id] = Known(self.accounts[who], None)
        return new.id

    @rule(target=ids, who=st.integers(0, 1), size=st.integers(1, 3), pick=st.integers(0, 2))
    def add_batch(self, who: int, size: int, pick: int) -> str:
        new = batch(self.accounts[who])
        with self.database.begin() as connection:
            items = Batches(connection).add(new, [generation(self.accounts[who]) for _ in range(size)])
        self.known.update({item.id: Known(self.accounts[who], new.id) for item in items})
        return items[pick % size].id

    @rule(key=ids)
    def start(self, key: str) -> None:
        with self.database.begin() as connection:
            has_changed = Generations(connection).set_processing(key)
        self.expect(key, has_changed, ("pending",), "processing")

    @rule(key=ids, progress=st.floats(0, 1))
    def progress(self, key: str, progress: float) -> None:
        with self.database.begin() as connection:
            has_changed = Generations(connection).set_progress(key, progress)
        self.expect(key, has_changed, ("processing",), "processing")

    @rule(key=ids)
    def complete(self, key: str) -> None:
        with self.database.begin() as connection:
            has_changed = Generations(connection).complete(
                key, output_key="o", report_key="r", duration_seconds=1.0, cost=Decimal("0.05")
            )
        self.expect(key, has_changed, _OPEN, "completed")

    @rule(key=ids)
    def fail(self, key: str) -> None:
        with self.database.begin() as connection:
            has_changed = Generations(connection).fail(key, error="e", error_code="c")
        self.expect(key, has_changed, _OPEN, "failed")

    @rule(key=ids, who=st.integers(0, 1))
    def delete(self, key: str, who: int) -> None:
        known = self.known.get(key)
        try:
            with self.database.begin() as connection:
                Generations(connection).delete(self.accounts[who], key)
        except NotFoundError:
            assert known is None or known.owner != self.accounts[who]
        except ConflictError:
            assert known is not None
            assert known.status in _OPEN
        else:
            assert self.known.pop(key).status not in _OPEN

    @rule(key=ids)
    def complete_in_a_transaction_that_is_undone(self, key: str) -> None:
        try:
            with self.database.begin() as connection:
                Generations(connection).fail(key, error="e", error_code="c")
                raise InterruptedError
        except InterruptedError:
            pass

    def expect(self, key: str, has_changed: bool, sources: tuple[str, ...], target: str) -> None:
        """A verb changes a generation exactly from some states, and says so."""
        known = self.known.get(key)
        assert has_changed == (known is not None and known.status in sources)
        if known is not None and has_changed:
            known.status = target

    @invariant()
    def accounts_have_what_is_theirs(self) -> None:
        with self.database.read() as connection:
            for account in self.accounts:
                found, total = Generations(connection).page(account, limit=10_000)
                mine = {key: known.status for key, known in self.known.items() if known.owner == account}
                assert {item.id: item.status for item in found} == mine
                assert total == len(mine)

    @invariant()
    def batches_count_their_items(self) -> None:
        with self.database.read() as connection:
            batches = Batches(connection)
            found = {
                each.id: each for account in self.accounts for each in batches.page(account, limit=99)[0]
            }
            assert set(found) == {known.batch_id for known in self.known.values()} - {None}
            for key, each in found.items():
                states = Counter(known.status for known in self.known.values() if known.batch_id == key)
                counted = (states.total(), states["completed"], states["failed"])
                assert (each.total, each.completed, each.failed) == counted == batches.recount(key)
                is_over = counted[1] + counted[2] == counted[0]
                assert is_over == (each.completed_at is not None)
                assert is_over == (each.status not in _OPEN)


def test_rows_agree_with_the_model(database: Database) -> None:
    """No account has another's rows, no end is undone, no count is off."""
    machine = type("MachineHere", (Machine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
