"""The lane looks after its certificate, whatever the centre says."""

import asyncio
from datetime import UTC, datetime

import pytest

from egate.domain.time import UtcSeconds
from egate.ports.reporting import CentreUnavailable
from egate.reporting.certificate_keeping import CertificateKeeping
from egate.reporting.enrolment_client import EnrolmentRefused
from egate.settings import SettingsError

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Renewal:
    def __init__(self, *answers: datetime | Exception | None) -> None:
        self.answers = list(answers)
        self.asked_at: list[datetime] = []

    async def renew_if_due(self, now: datetime) -> datetime | None:
        self.asked_at.append(now)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.asyncio
async def test_it_looks_again_whatever_comes(capsys: pytest.CaptureFixture[str]) -> None:
    faults = (CentreUnavailable("away"), EnrolmentRefused("not ours"), SettingsError("no file"))
    renewal = Renewal(None, *faults, NOW)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not renewal.answers:
            raise asyncio.CancelledError

    def utc_now() -> UtcSeconds:
        return UtcSeconds(NOW.timestamp())

    with pytest.raises(asyncio.CancelledError):
        await CertificateKeeping(renewal, utc_now, sleep=sleep).run()
    assert slept == [600.0] * 5
    assert renewal.asked_at == [NOW] * 5
    said = capsys.readouterr().out
    assert [said.count(word) for word in ("away", "not ours", "no file")] == [1, 1, 1]
    assert "certificate renewed" in said
