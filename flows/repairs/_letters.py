"""Thai letters as classes of regular expressions, and the order that they are written in.

A cluster is a consonant, then a vowel above or below it, then a tone mark or the killer, then a
vowel that follows (Unicode 16, §16.1 «Thai»; TIS 620). SARA AM is one letter, after the tone mark.
"""

from __future__ import annotations

CONSONANT = "[ก-ฮ]"
LEADING = "[เแโใไ]"
#: Vowels and marks on a consonant that stand before a tone mark: ั ิ ี ึ ื ุ ู ฺ ็
VOWEL = "[\u0e31\u0e34-\u0e3a\u0e47]"
TONE = "[\u0e48-\u0e4b]"
#: Tone marks and the killer ์.
TOP = "[\u0e48-\u0e4c]"
MARK = "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4c]"
AA, AM, NIKHAHIT = "\u0e32", "\u0e33", "\u0e4d"
MAI_THO = "\u0e49"
TONES = "\u0e48\u0e49\u0e4a\u0e4b"
#: Marks that are never written twice on one consonant, tone marks apart.
VOWELS_ONCE = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e4c"
