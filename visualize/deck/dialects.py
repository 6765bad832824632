"""Other tools' ways to write, in lines that Markdown understands: as many lines as before."""

import re
from collections.abc import Sequence

FENCE = re.compile(r"^(?P<indent>[ >]*?)(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")
HIGHLIGHT = re.compile(r"^(\s*)\{(?:%-?|\{[<%])\s*highlight\s+(\w+).*\}\s*$")
END_HIGHLIGHT = re.compile(r"^(\s*)\{(?:%-?\s*end|\{[<%]\s*/\s*)highlight\s*(?:-?%|[>%]\})\}\s*$")
"""Of Jekyll and of Hugo."""
TARGET = re.compile(r"^\([\w-]+\)=\s*$")
"""Of MyST, above a heading: (name)=."""
LIQUID = re.compile(r"\{%.*?%\}")
"""Jekyll's tags: {% raw %}, {% include figure.html %}."""
VARIABLE = re.compile(
    r"\{\{-?\s*(?:(?:site|page)\.\w+(?:\s*\|[^}]*)?|['\"]([^'\"]*)['\"]\s*\|[^}]*)\s*-?\}\}"
)
"""{{ site.baseurl }}, and {{ "/a.png" | relative_url }}."""
FIGURE = re.compile(r"\{\{[<%]\s*figure\s+(.*?)\s*/?[>%]\}\}")
SHORTCODE = re.compile(r"\{\{[<%].*?[>%]\}\}")
"""Hugo's and Quarto's."""
ATTRIBUTE = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|(\S+))')
KRAMDOWN = re.compile(r"^[ >]*\{:.*\}\s*$")
TABLE_OF_CONTENTS = re.compile(
    r"^\s*\{:\s*toc\s*\}\s*$|^\s*\[(?:TOC|toc)\]\s*$|^\s*\[\[_?(?:TOC|toc)_?\]\]\s*$"
)
WIKI_PICTURE = re.compile(r"!\[\[([^\]|]+)(?:\|[^\]]*)?\]\]")
ATTRIBUTES = re.compile(r"(?<=[)\]])\{[:#.\w][^{}]*\}")
"""Of a picture or a link: ![a](b.png){width=50%}."""
HEADING_ATTRIBUTES = re.compile(r"^(\s{0,3}#{1,6}\s.*?)\s*\{[#.:-][^{}]*\}\s*$")
INLINE_FORMULA = re.compile(r"\\{1,2}\((.+?)\\{1,2}\)")
DISPLAYED = re.compile(r"\\{1,2}\[(.+?)\\{1,2}\]\s*$")
DISPLAY_BEGINS = re.compile(r"^([ >]*)\\{1,2}\[\s*$")
DISPLAY_ENDS = re.compile(r"^([ >]*)\\{1,2}\]\s*$")
DIV = re.compile(r"^[ >]*:{3,}")


def in_markdown(lines: Sequence[str]) -> list[str]:
    """Return the lines of a post as plain Markdown; what stands in code stays as it is.

    >>> in_markdown(["{% highlight python %}", "x", "{% endhighlight %}", r"\\\\(x^2\\\\)"])
    ['```python', 'x', '```', '$x^2$']
    """
    translated: list[str] = []
    fence = ""
    displaying = False
    for line in lines:
        found = FENCE.match(line)
        if fence:
            ends = found and found["fence"].startswith(fence) and not found["rest"].strip()
            if ends or (fence == "{%" and END_HIGHLIGHT.match(line)):
                line = END_HIGHLIGHT.sub(r"\1```", line)
                fence = ""
        elif found:
            fence = found["fence"]
        elif begun := HIGHLIGHT.match(line):
            fence, line = "{%", f"{begun[1]}```{begun[2]}"
        elif not displaying and DISPLAY_BEGINS.match(line):
            displaying, line = True, DISPLAY_BEGINS.sub(r"\1$$$$", line)
        elif displaying:
            displaying = not DISPLAY_ENDS.match(line)
            line = DISPLAY_ENDS.sub(r"\1$$$$", line)
        elif TABLE_OF_CONTENTS.match(line):
            if translated and re.fullmatch(r"\s*(?:[-*]|1\.)\s+\w+\s*", translated[-1]):
                translated[-1] = ""  # kramdown's table of contents takes the place of a list
            line = ""
        else:
            line = _translated(line)
        translated.append(line)
    return translated


def _translated(line: str) -> str:
    if KRAMDOWN.match(line) or TARGET.match(line):
        return ""
    line = HEADING_ATTRIBUTES.sub(r"\1", line)
    pieces = re.split(r"(`+[^`]*`+)", line)
    for index in range(0, len(pieces), 2):
        # A role's text stands in what looks like code.
        role = re.search(r"\{(math|ref|eq|numref|doc|term|cite\w*)\}$", pieces[index])
        if role and index + 1 < len(pieces):
            inner = re.sub(r"\s*<[^<>]*>$", "", pieces[index + 1].strip("`"))
            pieces[index] = pieces[index][: role.start()]
            pieces[index + 1] = f"${inner}$" if role[1] == "math" else inner
        pieces[index] = _outside_code(pieces[index])
    return "".join(pieces)


def _outside_code(text: str) -> str:
    text = FIGURE.sub(_figure, text)
    text = VARIABLE.sub(lambda it: it[1] or "", text)
    text = SHORTCODE.sub("", LIQUID.sub("", text))
    text = WIKI_PICTURE.sub(r"![](<\1>)", text)
    text = ATTRIBUTES.sub("", text)
    text = DISPLAYED.sub(r"$$\1$$", text)
    return INLINE_FORMULA.sub(r"$\1$", text)


def _figure(found: re.Match[str]) -> str:
    given = {it[1]: it[2] or it[3] or it[4] or "" for it in ATTRIBUTE.finditer(found[1])}
    words = given.get("alt") or given.get("caption") or given.get("title") or ""
    return f"![{words}](<{given['src']}>)" if "src" in given else ""
