"""``egate gate transactions``: inspections that the centre does not have yet, as XML."""

import argparse

from egate.cli.inspection_log import conclude, progress, written_log
from egate.cli.outcome import BadInput, Unavailable
from egate.outbox.database import DatabaseUnusable
from egate.outbox.kept import KeptRecords
from egate.outbox.sealing import KeyFileUnusable, Seal
from egate.settings import GateSettings, SettingsError, load


def run(arguments: argparse.Namespace) -> int:
    """Write the log of what the gate still has.

    Raises:
        BadInput: the settings or the key cannot be used.
        Unavailable: the journal cannot be read.

    """
    try:
        journal = load(GateSettings, arguments.config).gate.journal
        key = journal.with_suffix(".key")
        if not key.exists():  # whoever asks for a key that is not there would get a new one
            raise BadInput(f"{key}: no such key; has the gate ever run?")
        kept = KeptRecords(journal, Seal.from_file(key))
        with written_log(arguments) as writer, progress(kept.count()) as advance:
            for payload in kept.payloads():
                if payload is None:
                    writer.leave_out()
                else:
                    writer.add(payload)
                advance()
    except (SettingsError, KeyFileUnusable) as error:
        raise BadInput(str(error)) from error
    except DatabaseUnusable as error:
        raise Unavailable(str(error)) from error
    return conclude(arguments, writer)
