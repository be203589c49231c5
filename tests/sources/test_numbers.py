"""Every form of number that the source documents use (seed cases 0.5-0.11)."""

import pytest

from krokomanalys.sources.numbers import Absent, Quantity, parse_number, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-105 546", -105_546),
        ("- 8 736", -8_736),
        ("−2 214", -2_214),
        ("–42\u00a0062", -42_062),
        ("36\u202f014", 36_014),
        ("15300", 15_300),
        ("+ 1300", 1_300),
        ("18.000", 18_000),
        ("1.234.567", 1_234_567),
        ("1.234,5", 1_234.5),
        ("8,5", 8.5),
        ("5.00", 5.0),
        ("3.33", 3.33),
        ("0.125", 0.125),
        ("0", 0.0),
        ("33990.293786", 33_990.293786),
    ],
)
def test_a_table_cell_is_read_as_its_writer_meant_it(text: str, value: float) -> None:
    assert parse_number(text) == value


def test_blank_zero_and_dash_stay_three_different_things() -> None:
    assert parse_number(" ") is Absent.BLANK
    assert parse_number("-") is Absent.DASH
    assert parse_number("–") is Absent.DASH
    assert parse_number("0") == 0.0


@pytest.mark.parametrize("text", ["1 23", ">20", "<5", "=5", "A5", "?5", "9 8 736"])
def test_nothing_but_plus_and_minus_is_a_sign(text: str) -> None:
    with pytest.raises(ValueError, match="är inte ett tal"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("12 7OO", "bokstaven O?"), ("1l5", "bokstaven l eller I?"), ("#REF!", "formelfel"), ("12 70", "är inte ett tal")],
)
def test_what_is_no_number_is_told_with_what_may_be_wrong(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="är inte ett tal") as error:
        parse_number(text)
    assert hint.strip("?") in str(error.value)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("8,5 (8,8)/10", Quantity(8.5, previous=8.8, scale=10)),
        ("98 (97)%", Quantity(98, unit="%", previous=97)),
        ("87 (85)%", Quantity(87, unit="%", previous=85)),
        ("75% (73)", Quantity(75, unit="%", previous=73)),
        ("9 (13) arbetsdagar", Quantity(9, unit="arbetsdagar", previous=13)),
        ("526 (438) st", Quantity(526, unit="st", previous=438)),
        (">20", Quantity(20, comparison=">")),
        ("<10", Quantity(10, comparison="<")),
        ("4", Quantity(4)),
        ("1-10", Quantity(1, upper=10)),
        ("minst 300", Quantity(300, comparison=">=")),
        ("högst 12 procent", Quantity(12, unit="procent", comparison="<=")),
        ("≥ 100 Mbit/s", Quantity(100, unit="Mbit/s", comparison=">=")),
        ("~23", Quantity(23, approximate=True)),
        ("ca: 30", Quantity(30, approximate=True)),
        ("ett 30-tal", Quantity(30, approximate=True)),
        ("närmare 400", Quantity(400, approximate=True)),
        ("ett hundratal", Quantity(100, approximate=True)),
        ("runt 35", Quantity(35, approximate=True)),
        ("cirka 100 miljoner", Quantity(100, unit="miljoner", approximate=True)),
        ("+ 1300 tkr", Quantity(1300, unit="tkr")),
        ("18.000 invånare", Quantity(18_000, unit="invånare")),
        ("2,2 miljoner kronor", Quantity(2.2, unit="miljoner kronor")),
        ("91 %", Quantity(91, unit="%")),
        ("10,2 procent", Quantity(10.2, unit="procent")),
    ],
)
def test_a_stated_value_keeps_its_limit_unit_precision_and_last_years_value(text: str, quantity: Quantity) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize("text", ["Högre", "överstiga 2020 års nivå", "förbättras", "Ja", "12 7OO tkr"])
def test_words_without_a_readable_number_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="går inte att läsa"):
        parse_quantity(text)
