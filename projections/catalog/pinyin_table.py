"""Writes pinyin_table.inc: the first letter of each character's first reading, U+4E00 to U+9FFF, '?' where none is known.

Done once, with pypinyin 0.55.0 (MIT; its single characters are pinyin-data, from Unihan and 汉典):
    pip install pypinyin==0.55.0 && python3 projections/catalog/pinyin_table.py > projections/catalog/pinyin_table.inc
"""

import unicodedata

from pypinyin.constants import PINYIN_DICT

FIRST, LAST, A_LINE = 0x4E00, 0x9FFF, 120


def letter(code):
    readings = PINYIN_DICT.get(code, "")
    first = unicodedata.normalize("NFD", readings)[:1].lower()
    return first if "a" <= first <= "z" else "?"


letters = "".join(letter(code) for code in range(FIRST, LAST + 1))
print("// Written by pinyin_table.py from pypinyin 0.55.0 (MIT). Not for editing: what differs stands in pinyin.cpp.")
for start in range(0, len(letters), A_LINE):
    print(f'"{letters[start : start + A_LINE]}"')
