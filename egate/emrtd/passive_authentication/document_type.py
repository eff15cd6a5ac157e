"""Types of documents as signers and deviation lists name them (9303-12 §7.1.1.6, §10.2)."""


def is_of_type(document_code: str, kind: str) -> bool:
    """Return whether ``kind`` covers a document; one letter means all that begin with it.

    Args:
        document_code: first two characters of the MRZ, fillers left out.
        kind: one or two characters, fillers and spaces allowed.

    """
    plain = kind.strip("< ")
    return document_code == plain or (len(plain) == 1 and document_code.startswith(plain))
