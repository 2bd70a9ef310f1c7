"""The words of a command that nothing has taken yet, with the line that they were typed in."""

from collections.abc import Iterator

from model.language.text import Word, words


class Line:
    """One pass over one command's words: what is taken is gone, what is left keeps its place.

    source: all that stands after the command's own words. Raises Refused as `words` does.
    """

    def __init__(self, command: str, source: str, end: int) -> None:
        self.command, self.source = command, source
        self.words: list[Word] = list(words(source[:end]))

    def __bool__(self) -> bool:
        return bool(self.words)

    def __iter__(self) -> Iterator[tuple[int, Word]]:
        return iter(list(enumerate(self.words)))

    def typed(self, word: Word) -> str:
        """The word as it was typed, its quotes with it."""
        return self.source[word.start : word.end]

    def rest(self) -> str:
        """The words left, joined by the white space that stood between neighbours."""
        if len(self.words) == 1 and self.words[0].is_quoted:
            return self.words[0].text
        parts = [self.typed(word) for word in self.words[:1]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            between = self.source[before.end : word.start]
            parts.append((between if between.isspace() or not between else " ") + self.typed(word))
        return "".join(parts)

    def instead(self, *first: str, without: Word | None = None) -> str:
        """The whole command over again, with these words first and one word left out."""
        source = self.source
        if without is not None:
            source = source[: without.start].rstrip() + " " + source[without.end :].lstrip()
        return " ".join(part for part in (self.command, *first, source.strip()) if part)

    def replaced(self, word: Word, by: str) -> str:
        """The whole command over again, with another word in the place of one."""
        return f"{self.command} {self.source[: word.start]}{by}{self.source[word.end :]}"
