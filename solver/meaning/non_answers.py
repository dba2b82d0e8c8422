"""Texts that say nothing: signs alone, words that everybody uses, and how people leave a field."""

import unicodedata

from solver.meaning.shared_words import EMPTY, WORD
from solver.meaning.similarity import plain_text

NON_ANSWERS = frozenset(
    answer.strip()
    for line in (
        "x|xx|xxx|n a|na|nil|none|nothing|nothing yet|nothing special|no idea",
        "nothing in particular|not sure|not applicable|not yet|don t know|dont know|i don t know",
        "idk|tbd|tba|unknown|to be decided|to be confirmed|whatever|everything|anything",
        "see above|as above|later",
        "k a|keine|keiner|kein|keins|nichts|nix|keine ahnung|keine angabe|keine angaben|alles",
        "weiss nicht|weiss ich nicht|noch offen|noch nichts|egal|entfällt|siehe oben",
        "nada|ninguno|ninguna|no sé|no se|ni idea|no aplica|sin respuesta|todo|todavía nada",
        "rien|aucun|aucune|néant|je ne sais pas|aucune idée|pas d idée|sans objet|tout|s o",
        "niente|nulla|nessuno|nessuna|non so|non lo so|nessuna idea|tutto",
        "nenhum|nenhuma|não sei|sem resposta|tudo",
        "geen|niets|niks|geen idee|weet niet|weet ik niet|n v t|nvt",
        "inget|ingen|inga|ingenting|vet inte|intet|ved ikke|vet ikke|ei mitään|en tiedä",
        "brak|nic|nie wiem|nie dotyczy|žádné|nevím|nincs|semmi|nem tudom|nimic|nu știu",
        "yok|hiç|hiçbiri|bilmiyorum|τίποτα|δεν ξέρω",
        "нет|ничего|не знаю|ні|нічого|не знаю",
        "なし|無し|特になし|未定|无|無|没有|沒有|不知道|없음|모름",
        "لا شيء|لا يوجد|אין|לא יודע",
    )
    for answer in line.split("|")
)
"""What stands in a field that was not filled in, as words with a space between."""


def says_nothing(text: str) -> bool:
    """Whether a need or an offer tells nobody anything."""
    plain = plain_text(text)
    words = WORD.findall(plain)
    if not words:
        return not any(unicodedata.category(sign) == "So" for sign in plain)  # as emoji are
    return " ".join(words) in NON_ANSWERS or EMPTY.issuperset(words)
