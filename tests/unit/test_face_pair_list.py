"""Lists of pairs: both forms, and every bad line by its number."""

import pytest

from egate.biometrics.evaluation.pair_list import (
    BadLine,
    ImageName,
    PairsInvalid,
    parse_images,
    parse_pairs,
)

LFW = "2\t1\nAda\t1\t2\nAda\t1\tBea\t3\nBea\t1\t2\nCy\t12\tAda\t4\n"


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PairsInvalid) as caught:
        parse_pairs(text)
    return [(bad.line, bad.fault) for bad in caught.value.lines]


def test_labeled_faces_in_the_wild() -> None:
    pairs = parse_pairs(LFW)
    assert [(pair.line, pair.genuine) for pair in pairs] == [
        (2, True), (3, False), (4, True), (5, False)
    ]  # fmt: skip
    assert pairs[0].reference == ImageName(
        ("Ada/Ada_0001.jpg", "Ada_0001.jpg", "Ada/Ada_0001.png", "Ada_0001.png"), "Ada"
    )
    assert pairs[3].reference.candidates[1] == "Cy_0012.jpg"
    assert pairs[3].probe.person == "Ada"


def test_one_number_is_one_fold() -> None:
    assert len(parse_pairs("1\r\nAda 1 2\r\nAda 1 Bea 3\r\n")) == 2


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("2 1\nAda 1 2\n", [(1, "promises 4 pairs, 1 follow")]),
        ("1 1\nAda 1 2\nAda 1 2 3 4\n", [(3, "neither 'name n n' nor 'name n name n'")]),
        (
            "1 1\nAda one 2\nAda 1 Ada 2\n",
            [(2, "'one' is not the number of an image"), (3, "one person where two belong")],
        ),
        ("1 1\nAda 1 1\nAda 1 Bea 2\n", [(2, "an image against itself")]),
        ("1 1\n../Ada 1 2\nAda 1 Bea 2\n", [(2, "'../Ada' is not a name")]),
        ("1 1\n.. 1 2\nAda 1 Bea 2\n", [(2, "../.._0001.jpg: outside the folder of images")]),
        ("1 1\nAda 1 ²\nAda 1 Bea 2\n", [(2, "'²' is not the number of an image")]),
        ("", [(1, "the list is empty")]),
        (" \n\n", [(1, "the list is empty")]),
        ("a.jpg,b.jpg\n", [(1, "2 columns instead of 3")]),
        (
            "a.jpg,b.jpg,maybe\nb.jpg,c.jpg,1\n\nc.jpg,d.jpg,\n",
            [
                (1, "'maybe' is not a label: genuine or impostor, 1 or 0"),
                (4, "'' is not a label: genuine or impostor, 1 or 0"),
            ],
        ),
        ("/a.jpg,b.jpg,1\n", [(1, "/a.jpg: outside the folder of images")]),
        ("a.jpg,x/../../b.jpg,1\n", [(1, "x/../../b.jpg: outside the folder of images")]),
        ("a.jpg,,1\n", [(1, "not the path of an image")]),
        ("a.jpg,b\0.jpg,1\n", [(1, "not the path of an image")]),
        ("a.jpg,./a.jpg,1\n", [(1, "an image against itself")]),
        ('a.jpg,"b.jpg,1\n', [(1, "not a table: unexpected end of data")]),
        ("probe,reference,label\na,b,1,2\n", [(2, "4 columns instead of 3")]),
        ("probe,reference,probe,label\na,b,c,1\n", [(1, "a column is named twice")]),
    ],
)
def test_bad_lines_are_named(text: str, faults: list[tuple[int, str]]) -> None:
    assert refused(text) == faults


@pytest.mark.parametrize("label", ["1", "genuine", "Mated", "SAME", "true", "match", "yes"])
def test_labels_of_one_person(label: str) -> None:
    assert parse_pairs(f"a.jpg,b.jpg,{label}")[0].genuine


@pytest.mark.parametrize("label", ["0", "impostor", "non-mated", "different", "False", "no"])
def test_labels_of_two_people(label: str) -> None:
    assert not parse_pairs(f"a.jpg\tb.jpg\t{label}")[0].genuine


@pytest.mark.parametrize("delimiter", [",", "\t", ";", " , "])
def test_columns_are_parted_by(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (("reference", "probe", "label"), ("a", "b", "1"))
    )
    (pair,) = parse_pairs(text)
    assert (pair.reference.candidates, pair.probe.candidates) == (("a",), ("b",))


def test_a_header_may_change_the_order_and_name_people() -> None:
    text = 'Label,Probe,Reference,reference_person\n0,"p, 1.jpg",r.jpg,Ada\n'
    (pair,) = parse_pairs(text)
    assert pair.reference == ImageName(("r.jpg",), "Ada")
    assert pair.probe == ImageName(("p, 1.jpg",), "")
    assert (pair.line, pair.genuine) == (2, False)


def test_images_of_pairs_by_their_folder() -> None:
    text = "ada/1.jpg,ada/2.jpg,1\nada/1.jpg,./bea/1.jpg,0\n"
    assert parse_images(text) == (
        ImageName(("ada/1.jpg",), "ada"),
        ImageName(("ada/2.jpg",), "ada"),
        ImageName(("bea/1.jpg",), "bea"),
    )


def test_images_with_people() -> None:
    text = "person\timage\nAda\t1.jpg\nBea\t2.jpg\nAda\t1.jpg\n"
    assert parse_images(text) == (ImageName(("1.jpg",), "Ada"), ImageName(("2.jpg",), "Bea"))


def test_images_of_labeled_faces_in_the_wild() -> None:
    images = [f"{image.person} {image.candidates[1]}" for image in parse_images(LFW)]
    assert images == [
        *("Ada Ada_0001.jpg", "Ada Ada_0002.jpg", "Bea Bea_0003.jpg"),
        *("Bea Bea_0001.jpg", "Bea Bea_0002.jpg", "Cy Cy_0012.jpg", "Ada Ada_0004.jpg"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.jpg,2.jpg,1\n", BadLine(1, "nothing says who is in 1.jpg")),
        ("a/1.jpg,b/2.jpg,1\n", BadLine(1, "the people say otherwise")),
        ("a/1.jpg,a/2.jpg,0\n", BadLine(1, "the people say otherwise")),
        ("image,person\n1.jpg,Ada\n1.jpg,Bea\n", BadLine(3, "1.jpg would show two people")),
        ("image,person\n1.jpg,\n", BadLine(2, "nothing says who is in 1.jpg")),
    ],
)
def test_people_are_told_and_do_not_contradict(text: str, fault: BadLine) -> None:
    with pytest.raises(PairsInvalid) as caught:
        parse_images(text)
    assert caught.value.lines[0] == fault
    assert str(caught.value).endswith("bad line" if len(caught.value.lines) == 1 else "bad lines")
