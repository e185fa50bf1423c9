"""Makes src/fonts/geist-latin.woff2 anew: `pip install fonttools brotli`, then `python3 scripts/font.py geist-latin-wght-normal.woff2`.

The source is that file of the npm package @fontsource-variable/geist 5.3.0. Every Latin character of it stays, with kerning and figures of
equal width; what goes are weights that the page does not use (it has 400, 500 and 600), fractions, old-style alternatives and hints.
"""

import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

OUT = Path(__file__).parent.parent / "src/fonts/geist-latin.woff2"

font = instancer.instantiateVariableFont(TTFont(sys.argv[1]), {"wght": (400, 400, 600)})
# Saved and read again, since the subsetter wants the tables whole.
font.flavor = None
buffer = io.BytesIO()
font.save(buffer)
font = TTFont(io.BytesIO(buffer.getvalue()))
for glyph in font.getGlyphOrder():
    font["gvar"].variations.setdefault(glyph, [])

options = subset.Options(layout_features=["kern", "tnum", "ccmp", "locl"], hinting=False, notdef_outline=True, glyph_names=False)
options.name_IDs = [0, 1, 2, 5, 13, 14]
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=list(font.getBestCmap()))
subsetter.subset(font)
font.flavor = "woff2"
font.save(OUT)
print(OUT, OUT.stat().st_size)
