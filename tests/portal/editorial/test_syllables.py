import pytest

from portal.editorial import syllables

# Counted by hand, the syllables after the word.
SPANISH = {
    "y": 1, "muy": 1, "hoy": 1, "ley": 1, "hay": 1, "que": 1, "quien": 1, "bien": 1, "pie": 1, "buey": 1,
    "año": 2, "uno": 2, "agua": 2, "río": 2, "día": 2, "ahí": 2, "país": 2, "guía": 2, "guerra": 2, "queja": 2,
    "ruido": 2, "ciudad": 2, "reír": 2, "oír": 2, "raíz": 2, "baúl": 2, "caer": 2, "llame": 2, "veces": 2, "salud": 2,
    "ayuda": 3, "adicción": 3, "poeta": 3, "teatro": 3, "cuídese": 3, "héroe": 3, "línea": 3, "tenía": 3, "pingüino": 3,
    "vergüenza": 3, "jeringa": 3, "policía": 4, "aéreo": 4, "opioides": 3, "trastorno": 3, "medicina": 4,
    "sobredosis": 4, "abstinencia": 4, "tratamiento": 4, "respiración": 4, "enfermería": 5, "recuperación": 5,
    "emergencia": 4, "farmacia": 3, "aseguranza": 5, "leíamos": 4,
}  # fmt: skip
ENGLISH = {
    "the": 1, "home": 1, "called": 1, "used": 1, "eyes": 1, "breathe": 1, "times": 1, "whole": 1, "health": 1, "our": 1,
    "friend": 1, "doesn't": 2, "don't": 1, "needed": 2, "people": 2, "handled": 2, "doses": 2, "changes": 2, "being": 2,
    "trying": 2, "player": 2, "action": 2, "social": 2, "safely": 2, "safety": 2, "movement": 2, "science": 2,
    "quiet": 2, "every": 2, "something": 2, "disease": 2, "patient": 2, "language": 2, "nurse": 1, "million": 2,
    "opioid": 3, "overdose": 3, "medicine": 3, "family": 3, "serious": 3, "easier": 3, "anyone": 3, "diet": 2,
    "violent": 3, "influence": 3, "heroin": 3, "disorder": 3, "careful": 2, "hundred": 2, "usually": 4,
    "emergency": 4, "actual": 3, "experience": 4, "insurance": 3, "society": 4, "alcoholism": 5, "beyond": 2,
    "long-term": 2, "OUD": 3, "CDC": 3,
}  # fmt: skip


@pytest.mark.parametrize(("word", "expected"), SPANISH.items())
def test_spanish_syllables_are_those_counted_by_hand(word, expected):
    assert syllables.spanish(word) == expected


@pytest.mark.parametrize(("word", "expected"), ENGLISH.items())
def test_english_syllables_are_those_counted_by_hand(word, expected):
    assert syllables.english(word) == expected


@pytest.mark.parametrize(("counter", "expected"), [(syllables.english, 3), (syllables.spanish, 6)])
def test_a_number_counts_by_its_digits(counter, expected):
    assert counter("911") == expected


def test_a_capital_letter_and_a_decomposed_accent_change_nothing():
    assert [syllables.spanish("POLICÍA"), syllables.spanish("polici\u0301a")] == [4, 4]
