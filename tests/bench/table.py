"""How the benchmarks print what they measured."""


def print_columns(lines: list) -> None:
    """Rows of texts under each other, as wide as they need to be."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
