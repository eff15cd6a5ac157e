"""The way to the chip: forms that do not get through."""

import pytest

from egate.emrtd.conversation import Conversation
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.link import Link, carried
from egate.emrtd.iso7816.status import OK, StatusWord
from tests.emrtd_passport import carry

LONG = CommandApdu(0x10, 0x86, 0, 0, bytes(300), le=400)


def ask(command: CommandApdu) -> Conversation[ResponseApdu]:
    return (yield command)


def test_extended_commands_pass_and_are_remembered() -> None:
    link = Link()
    sent: list[CommandApdu] = []
    answer = ResponseApdu(b"fine", OK)
    assert carry(carried(ask(LONG), link), lambda c: sent.append(c) or answer) == answer
    assert sent == [LONG]
    assert link == Link(extended=True, carried_extended=True)


@pytest.mark.parametrize("told", [True, False])
def test_long_commands_go_in_a_chain_where_extended_ones_do_not_pass(*, told: bool) -> None:
    link = Link(extended=not told)
    sent: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        sent.append(command)
        return ResponseApdu(b"", StatusWord(0x6700) if command.is_extended else OK)

    assert carry(carried(ask(LONG), link), transmit).status == OK
    parts = [(c.cla, len(c.data), c.le) for c in sent if not c.is_extended]
    assert parts == [(0x10, 255, None), (0x10, 45, 256)]
    assert not link.extended


@pytest.mark.parametrize(("longest", "parts"), [(310, 1), (308, 2), (None, 1)])
def test_no_command_is_longer_than_the_chip_states(longest: int | None, parts: int) -> None:
    sent: list[CommandApdu] = []
    answer = ResponseApdu(b"", OK)
    link = Link(longest_command=longest)
    carry(carried(ask(LONG), link), lambda c: sent.append(c) or answer)
    assert len(sent) == parts
    assert link.extended


def test_inside_a_channel_the_refusal_is_for_whoever_opened_it() -> None:
    link = Link()
    protected = CommandApdu(0x0C, 0xB0, 0, 0, bytes(300), le=400)
    refusal = ResponseApdu(b"", StatusWord(0x6700))
    assert carry(carried(ask(protected), link), lambda _: refusal) == refusal
    assert link.extended


def test_a_long_answer_without_data_is_asked_for_in_short() -> None:
    sent: list[CommandApdu] = []
    command = CommandApdu(0, 0x84, 0, 0, le=400)
    other = CommandApdu(0, 0x84, 0, 0, extended=True)
    answer = ResponseApdu(b"", OK)
    for asked in (command, other):
        carry(carried(ask(asked), Link(extended=False)), lambda c: sent.append(c) or answer)
    assert [c.encode().hex() for c in sent] == ["0084000000", "00840000"]


@pytest.mark.parametrize("before", [True, False])
def test_a_chip_lost_twice_with_an_extended_command_gets_no_more_of_them(*, before: bool) -> None:
    link = Link(carried_extended=before)
    for extended in (True, before):
        next(carried(ask(LONG), link))  # the chip never answers
        link.presented_again()
        assert link.extended is extended
        assert not link.unanswered_extended


def test_a_chip_lost_with_short_commands_tells_nothing_of_the_link() -> None:
    link = Link()
    for _ in range(3):
        next(carried(ask(CommandApdu(0, 0x84, 0, 0, le=8)), link))
        link.presented_again()
    assert link == Link()


def test_what_was_given_up_stays_given_up() -> None:
    link = Link(extended=False, unanswered_extended=True)
    link.presented_again()
    assert not link.extended


def test_plain_answers_in_pieces_are_collected() -> None:
    answers = [ResponseApdu(b"01", StatusWord(0x6102)), ResponseApdu(b"23", OK)]
    got = carry(carried(ask(CommandApdu(0, 0x84, 0, 0, le=8)), Link()), lambda _: answers.pop(0))
    assert got == ResponseApdu(b"0123", OK)
