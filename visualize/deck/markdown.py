"""Markdown as tokens: what posts of several tools write is understood."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from visualize.deck.dialects import in_markdown
from visualize.deck.post import Post

MOST_NESTED = 100
"""Lists in lists and the like."""


def parser() -> MarkdownIt:
    """Return the parser of posts: CommonMark, GitHub's additions, formulas, real quotes."""
    markdown = MarkdownIt("commonmark", {"typographer": True, "maxNesting": MOST_NESTED})
    markdown.enable(["table", "strikethrough", "smartquotes", "replacements"])
    markdown.core.ruler.at("replacements", _typography)
    markdown.use(footnote_plugin).use(tasklists_plugin).use(deflist_plugin).use(amsmath_plugin)
    markdown.use(container_plugin, name="div", marker=":", validate=lambda *_: True)
    markdown.use(dollarmath_plugin)
    markdown.inline.ruler.at("math_inline", _formula)
    return markdown


DASHES = (
    (re.compile(r"\.{3}"), "…"),
    (re.compile(r"(?<!-)---(?!-)"), "\N{EM DASH}"),
    (re.compile(r"(?<![-\S])--(?![-\S])|(?<=[^-\s])--(?=[^-\s])"), "\N{EN DASH}"),
)
"""What typewriters have in their place; nothing else is written otherwise: (c) stays (c)."""


def _typography(state: StateCore) -> None:
    """Put real dashes and ellipses where the author has typed what stands for them."""
    for block in state.tokens:
        is_address = False
        for token in block.children or ():
            if token.info == "auto":
                is_address = token.type == "link_open"
            elif token.type == "text" and not is_address:
                for typed, sign in DASHES:
                    token.content = typed.sub(sign, token.content)


BACKTICKS = re.compile("(?<!`)`+(?!`)")
# "It costs $5 and $6" is no formula.
FORMULA = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)


def _formula(state: StateInline, silent: bool) -> bool:
    """Read a formula among words; a dollar sign in code ends none."""
    begins = state.pos
    if not FORMULA(state, True):
        return False
    ends, state.pos = state.pos, begins
    for mark in BACKTICKS.finditer(state.src, begins, ends):
        if any(it[0] == mark[0] for it in BACKTICKS.finditer(state.src, mark.end())):
            return False
    return FORMULA(state, silent)


def tree_of(post: Post) -> SyntaxTreeNode:
    """Return what a post says, as a tree; of its front matter only the lines are left."""
    lines = list(post.lines)
    if front := post.front:
        count = front[0].count("\n") + 1
        lines[:count] = [""] * count
    return tree_of_lines(lines)


def tree_of_lines(lines: Sequence[str]) -> SyntaxTreeNode:
    """Return the tree of lines that are Markdown."""
    text = "\n".join(in_markdown(lines))
    return SyntaxTreeNode(parser().parse(text))
