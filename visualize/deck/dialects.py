"""Other tools' ways to write, in lines that Markdown understands: as many lines as before."""

import re
from collections.abc import Sequence

from visualize.deck.directives import NOTES

FENCE = re.compile(r"^(?P<indent>[ >]*?)(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")
HIGHLIGHT = re.compile(r"^(\s*)\{(?:%-?|\{[<%])\s*highlight\s+(\w+).*\}\s*$")
END_HIGHLIGHT = re.compile(r"^(\s*)\{(?:%-?\s*end|\{[<%]\s*/\s*)highlight\s*(?:-?%|[>%]\})\}\s*$")
"""Of Jekyll and of Hugo."""
ALONE = re.compile(
    r"\([\w:. -]+\)=|[ >]*\{[:#.][^{}]*\}|\. \. \.|\^[\w-]+|\+\+\+(?:\s*\{.*\})?", re.ASCII
)
"""What says nothing on a line of its own: MyST's (name)= and +++, {#id .class}, Quarto's pause,
Obsidian's ^name."""
REMARK = re.compile(r"%(?!%)")
"""MyST's comments, a line each."""
OPTION = re.compile(r"[ >]*:[\w-]+:(?:\s|$)")
"""MyST's, below the beginning of a directive."""
LIQUID = re.compile(r"\{%.*?%\}")
"""Jekyll's tags: {% raw %}, {% include figure.html %}."""
VARIABLE = re.compile(
    r"\{\{-?\s*(?:(?:site|page)\.\w+(?:\s*\|[^}]*)?|['\"]([^'\"]*)['\"]\s*\|[^}]*)\s*-?\}\}"
)
"""{{ site.baseurl }}, and {{ "/a.png" | relative_url }}."""
FIGURE = re.compile(
    r"\{\{[<%]\s*figure\s+(?P<hugo>.*?)\s*/?[>%]\}\}"
    r"|\{%-?\s*include\s+\S*(?:figure|image|img)\S*\s+(?P<jekyll>.*?)\s*-?%\}"
)
SOURCES = ("src", "url", "path", "image_path", "image", "file")
"""What the file of a figure is named by."""
SHORTCODE = re.compile(r"\{\{[<%].*?[>%]\}\}")
"""Hugo's and Quarto's."""
PAIRED = re.compile(
    r"^(\s*)\{\{[<%]\s*(?P<ends>/?)\s*(?P<name>[\w-]+)\s*(?P<given>.*?)\s*[>%]\}\}\s*$"
)
MOST_COLONS = 12
"""Around a note; around one in it there are fewer."""
SET_APART = ("notice", "alert", "callout", "hint", "admonition", "details")
"""Hugo's shortcodes around a note."""
ATTRIBUTE = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|(\S+))')
TABLE_OF_CONTENTS = re.compile(
    r"^\s*\{:\s*toc\s*\}\s*$|^\s*\[(?:TOC|toc)\]\s*$|^\s*\[\[_?(?:TOC|toc)_?\]\]\s*$"
)
WIKI_PICTURE = re.compile(r"!\[\[([^\]|]+)(?:\|[^\]]*)?\]\]")
WIKI_LINK = re.compile(r"(?<!\w)\[\[(?=[^\W\d])(?:[^\[\]|,]+\|)?([^\[\]|,]+)\]\]")
HIDDEN = re.compile(r"%%.+?%%")
"""Obsidian's comments."""
SPAN = re.compile(r"(?<![\w\]!])\[(?!\^)([^\[\]]+)\]\{(?:[:#.]|[\w-]+=)([^{}]*)\}")
"""Pandoc's: [words]{.mark}."""
MARKED = re.compile(r"(?<![=\w])==(?=[^\s=])([^=]+)(?<=\S)==(?![=\w])")
LOWERED = re.compile(r"(?<=\w)~([\w+-]{1,8})~(?![~\w]*~)")
RAISED = re.compile(r"(?<=\w)\^([\w+-]{1,8})\^")
"""Pandoc's: H~2~O and x^2^."""
ATTRIBUTES = re.compile(r"(?<=[)\]])\{(?:[:#.]|[\w-]+=)[^{}]*\}")
"""Of a picture or a link: ![a](b.png){width=50%}."""
HEADING_ATTRIBUTES = re.compile(r"^(\s{0,3}#{1,6}\s.*?)\s*\{[#.:-][^{}]*\}\s*$")
FORMULA = re.compile(r"((?<![\\$\d])\$(?!\s)(?:\\.|[^$\\])+(?<!\s)\$(?!\d)|\$\$.+?\$\$)")
LABEL = re.compile(r"(?<=\$\$)\s*\{#[^{}]*\}\s*$")
"""Quarto's, of a formula: {#eq-name}."""
ENVIRONMENT = re.compile(r"^[ >]*\\begin\{([\w*]+)\}")
CAPTION = re.compile(r"^(?::|Table:)\s+(?P<words>.*?)\s*(?:\{[#.][^{}]*\})?\s*$")
"""Pandoc's, of a table."""
CALLOUT = re.compile(r"^(\s*>[ >]*\[!\w[^\]]*\].*?)\s*$")
"""Of GitHub and of Obsidian: > [!tip]- Title."""
APART = "\u2060"
"""Is not seen (Unicode's word joiner)."""
INLINE_FORMULA = re.compile(r"\\{1,2}\(\s*(.+?)\s*\\{1,2}\)")
DISPLAYED = re.compile(r"\\{1,2}\[(.+?)\\{1,2}\]\s*$")
DISPLAY_BEGINS = re.compile(r"^([ >]*)\\{1,2}\[\s*$")
DISPLAY_ENDS = re.compile(r"^([ >]*)\\{1,2}\]\s*$")
FORMULA_ENDS = re.compile(r"\$\$")
TEXT_ROLES = re.compile(r"(?:ref|eq|numref|doc|term|abbr|sub|sup|download|any|cite\w*)$")
"""Of MyST: what they stand before is text, and of all others code."""
DIV = re.compile(r"^[ >]*:{3,}")


def in_markdown(lines: Sequence[str]) -> list[str]:
    """Return the lines of a post as plain Markdown; what stands in code stays as it is.

    >>> in_markdown(["{% highlight python %}", "x", "{% endhighlight %}", r"\\\\(x^2\\\\)"])
    ['```python', 'x', '```', '$x^2$']
    """
    translated: list[str] = []
    reading = _Reading(lines)
    for number in range(len(lines)):
        translated.append(reading.line(number, translated))
    return translated


class _Reading:
    """Where a post is read, line by line: in code, in a formula, below a directive."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._fence = ""
        self._formula: re.Pattern[str] | None = None
        """What the formula ends with that is being read."""
        self._in_options = False
        self._open: list[str] = []
        """The shortcodes that notes stand in the place of, the innermost last."""
        self._paired = {it["name"] for it in map(PAIRED.match, lines) if it and it["ends"]}

    def line(self, number: int, before: list[str]) -> str:
        """Return a line in Markdown."""
        line = self._lines[number]
        if self._fence:
            return self._in_code(line)
        if self._formula:
            return self._in_formula(line, self._formula)
        in_options, self._in_options = self._in_options, False
        if in_options and OPTION.match(line):
            self._in_options = True
            return ""
        if found := FENCE.match(line):
            self._fence = found["fence"]
            return line
        if begun := HIGHLIGHT.match(line):
            self._fence = "{%"
            return f"{begun[1]}```{begun[2]}"
        if DISPLAY_BEGINS.match(line):
            self._formula = DISPLAY_ENDS
            return DISPLAY_BEGINS.sub(r"\1$$$$", line)
        line = LABEL.sub("", line)
        if self._begins_formula(number, line):
            return line
        if DIV.match(line):
            self._in_options = True
        return self._outside(number, line, before)

    def _begins_formula(self, number: int, line: str) -> bool:
        """Whether a line begins a displayed formula, or is one."""
        if begun := ENVIRONMENT.match(line):
            ends = re.compile(re.escape(rf"\end{{{begun[1]}}}"))
        elif line.lstrip(" >").startswith("$$"):
            ends = FORMULA_ENDS
        else:
            return False
        if ends.search(line.lstrip(" >")[2:]):
            return bool(begun)
        if any(map(ends.search, self._lines[number + 1 :])):
            self._formula = ends
        return True

    def _in_code(self, line: str) -> str:
        found = FENCE.match(line)
        ends = found and found["fence"].startswith(self._fence) and not found["rest"].strip()
        if ends or (self._fence == "{%" and END_HIGHLIGHT.match(line)):
            self._fence = ""
            return END_HIGHLIGHT.sub(r"\1```", line)
        return line

    def _in_formula(self, line: str, ends: re.Pattern[str]) -> str:
        if ends.search(line):
            self._formula = None
        return DISPLAY_ENDS.sub(r"\1$$$$", LABEL.sub("", line))

    def _outside(self, number: int, line: str, before: list[str]) -> str:
        """Return a line that stands neither in code nor in a formula."""
        last = before[-1] if before else ""
        if TABLE_OF_CONTENTS.match(line):
            if re.fullmatch(r"\s*(?:[-*]|1\.)\s+\w+\s*", last):
                before[-1] = ""  # kramdown's table of contents takes the place of a list
            return ""
        if ALONE.fullmatch(line.rstrip()) or (REMARK.match(line) and not last.strip()):
            return ""
        if (found := CAPTION.match(line)) and self._is_by_a_table(number):
            return _translated(found["words"])
        if (found := PAIRED.match(line)) and found["name"] in self._paired:
            return self._shortcode(found)
        if CALLOUT.match(line):  # its title ends with its line
            return CALLOUT.sub(r"\1  ", _translated(line))
        return _translated(line)

    def _shortcode(self, found: re.Match[str]) -> str:
        """Return what begins or ends a note in the place of a shortcode around it."""
        name = found["name"]
        if found["ends"]:
            if self._open and self._open[-1] == name:
                self._open.pop()
                return f"{found[1]}{self._colons()}"
            return ""
        kind, title = _note_of(name, found["given"])
        if not kind and not title:
            return ""
        colons = self._colons()
        self._open.append(name)
        return f"{found[1]}{colons}{{{kind or name}}} {title}".rstrip()

    def _colons(self) -> str:
        return ":" * max(MOST_COLONS - len(self._open), 3)

    def _is_by_a_table(self, number: int) -> bool:
        """Whether the paragraph above a line, or below it, is a table."""
        above = next((it for it in reversed(self._lines[:number]) if it.strip()), "")
        below = next((it for it in self._lines[number + 1 :] if it.strip()), "")
        apart = number == 0 or not self._lines[number - 1].strip()
        return apart and any(it.lstrip().startswith("|") for it in (above, below))


def _note_of(name: str, given: str) -> tuple[str, str]:
    """Return the kind of a note, and its title, by the name of a shortcode and what it is given."""
    named = {it[1]: it[2] or it[3] or it[4] or "" for it in ATTRIBUTE.finditer(given)}
    rest = [it[0] or it[1] for it in re.findall(r'"([^"]*)"|(\S+)', ATTRIBUTE.sub("", given))]
    words = [name, *named.values(), *rest[:1]]
    kind = next((it.lower() for it in words if it.lower() in NOTES), "")
    title = named.get("title") or named.get("name") or named.get("summary")
    if not kind and name in SET_APART:
        kind = "note"
    return kind, title or " ".join(it for it in rest if it.lower() != kind)


def _translated(line: str) -> str:
    line = HEADING_ATTRIBUTES.sub(r"\1", line)
    pieces = re.split(r"(`+[^`]*`+)", line)
    for index in range(0, len(pieces), 2):
        # A role's text stands in what looks like code, and GitLab's formulas do.
        is_last = index + 1 == len(pieces)
        role = re.search(r"(?<!\{)\{([a-zA-Z][\w:+-]*)\}$", pieces[index])
        if role and not is_last:
            inner = re.sub(r"\s*<[^<>]*>$", "", pieces[index + 1].strip("`"))
            pieces[index] = pieces[index][: role.start()]
            if role[1] == "math":
                pieces[index + 1] = f"${inner}$"
            elif TEXT_ROLES.match(role[1]):
                pieces[index + 1] = inner
        elif not is_last and pieces[index].endswith("$") and pieces[index + 2].startswith("$"):
            pieces[index + 1] = pieces[index + 1].strip("`")
        pieces[index] = _outside_code(pieces[index])
    return "".join(pieces)


def _outside_code(text: str) -> str:
    text = FIGURE.sub(_figure, text)
    text = VARIABLE.sub(lambda it: it[1] or "", text)
    text = LIQUID.sub("", SHORTCODE.sub("", text))
    text = DISPLAYED.sub(r"$$\1$$", text)
    text = INLINE_FORMULA.sub(_formula, text)
    pieces = FORMULA.split(text)
    pieces[::2] = map(_outside_formulas, pieces[::2])
    return "".join(pieces)


def _formula(found: re.Match[str]) -> str:
    """Return a formula between dollar signs, which are no money's even beside a digit."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    left, right = (APART if it.isdigit() else "" for it in (before, after))
    return f"{left}${found[1]}${right}"


def _outside_formulas(text: str) -> str:
    text = WIKI_PICTURE.sub(r"![](<\1>)", text)
    text = WIKI_LINK.sub(r"\1", HIDDEN.sub("", text))
    text = SPAN.sub(lambda it: f"**{it[1]}**" if it[2].startswith("mark") else it[1], text)
    text = MARKED.sub(r"**\1**", ATTRIBUTES.sub("", text))
    return RAISED.sub(r"<sup>\1</sup>", LOWERED.sub(r"<sub>\1</sub>", text))


def _figure(found: re.Match[str]) -> str:
    written = found["hugo"] or found["jekyll"] or ""
    given = {it[1]: it[2] or it[3] or it[4] or "" for it in ATTRIBUTE.finditer(written)}
    source = next((given[it] for it in SOURCES if it in given), None)
    if source is None:
        return ""
    below = [given[it] for it in ("title", "caption") if given.get(it)]
    caption = ": ".join(below)
    caption = re.sub(r"(?<!\w)(\*{1,2}|_{1,2}|`)(\S.*?)\1(?!\w)", r"\2", caption)
    quoted = caption.replace('"', r"\"")
    return f'![{given.get("alt") or caption}](<{source}> "{quoted}")'
