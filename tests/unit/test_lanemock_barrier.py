"""The doors of the simulated lane: motor, locks, safety edge, watchdog, release."""

import pytest

from hardware_mocks.barrier.lane import Coil, Input, Lane


def lane(**settings: float) -> Lane:
    return Lane(motor_seconds=1.0, **settings)


def test_a_door_takes_its_motor_time_and_shows_it_at_both_end_switches() -> None:
    board = lane()
    board.write_coil(Coil.ENTRY_OPEN, value=True)
    for now, closed, opened in ((0.0, 1, 0), (0.5, 0, 0), (1.0, 0, 1)):
        board.advance(now)
        assert board.read_input(Input.ENTRY_CLOSED) == closed
        assert board.read_input(Input.ENTRY_OPEN) == opened
    assert board.read_input(Input.EXIT_CLOSED)


def test_a_locked_door_stays_closed() -> None:
    board = lane()
    board.write_coil(Coil.ENTRY_LOCK, value=True)
    board.write_coil(Coil.ENTRY_OPEN, value=True)
    board.advance(2.0)
    assert board.read_input(Input.ENTRY_CLOSED)
    board.write_coil(Coil.ENTRY_LOCK, value=False)
    board.advance(3.0)
    assert board.read_input(Input.ENTRY_OPEN)


def test_an_obstruction_stops_closing_until_it_is_gone() -> None:
    board = lane()
    board.write_coil(Coil.ENTRY_OPEN, value=True)
    board.advance(1.0)
    board.write_coil(Coil.ENTRY_OPEN, value=False)
    board.advance(1.4)
    board.obstructed = True
    board.advance(3.0)
    assert board.entry.opened == pytest.approx(0.6)
    assert board.read_input(Input.SAFETY_EDGE)
    board.obstructed = False
    board.advance(3.7)
    assert board.read_input(Input.ENTRY_CLOSED)


def test_without_a_heartbeat_the_doors_close_and_do_not_open_again_by_themselves() -> None:
    board = lane(watchdog_seconds=3.0)
    board.write_coil(Coil.ENTRY_OPEN, value=True)
    board.advance(2.9)
    board.write_coil(Coil.WATCHDOG, value=True)
    board.advance(5.8)
    assert board.read_input(Input.ENTRY_OPEN)
    board.advance(6.0)
    board.advance(7.5)
    assert board.read_input(Input.ENTRY_CLOSED)
    board.write_coil(Coil.WATCHDOG, value=False)
    board.advance(9.0)
    assert board.read_input(Input.ENTRY_CLOSED)


@pytest.mark.parametrize("beam", [1, 2])
def test_the_watchdog_waits_for_a_person_in_the_way(beam: int) -> None:
    board = lane(watchdog_seconds=3.0)
    board.write_coil(Coil.ENTRY_OPEN, value=True)
    board.presence[beam] = True
    board.advance(10.0)
    assert board.read_input(Input.ENTRY_OPEN)
    board.presence[beam] = False
    board.advance(11.0)
    assert board.read_input(Input.ENTRY_CLOSED)


def test_the_emergency_release_opens_whatever_the_coils_say() -> None:
    board = lane()
    board.write_coil(Coil.ENTRY_LOCK, value=True)
    board.write_coil(Coil.EXIT_LOCK, value=True)
    board.emergency = True
    board.advance(10.0)
    assert board.read_input(Input.ENTRY_OPEN)
    assert board.read_input(Input.EXIT_OPEN)
    assert board.read_input(Input.EMERGENCY_RELEASE)


def test_lights_and_inputs() -> None:
    board = lane()
    assert board.light == "busy"
    for coil, light in ((Coil.BLUE, "ready"), (Coil.GREEN, "pass"), (Coil.RED, "stop")):
        board.write_coil(coil, value=True)
        assert board.light == light
    board.presence[1] = True
    board.tamper = True
    active = {i for i in Input if board.read_input(i)}
    assert active == {Input.ENTRY_CLOSED, Input.EXIT_CLOSED, Input.PRESENCE_2, Input.TAMPER}
