"""How long it takes to read a document and to draw a page of it.

    python -m benchmarks.documents [--data DIR] [--runs N] [--ocr N] [--json]

Milliseconds, median of the runs, with everything that a caller waits for: the bytes go to the child process
and the answer comes back and is validated. Cold: the child is started too. The page is made up; DIR is a
folder of PDF files, each of which is read in turn as well. With `--ocr N`, and the extra `[ocr]` installed,
N pictures of DIR (`*.jpg`, `*.png`) are recognised, and the peak memory of the child is told.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from surehand.documents import ocr
from surehand.documents.reader import Reader
from surehand.errors import Unreadable

WIDTH = 1200


def made_up() -> bytes:
    """An invoice of one page: fifty lines of text, no rulings."""
    rows = "".join(
        f"BT /F 10 Tf 60 {780 - 14 * n} Td (Position {n:02} of the made-up invoice, delivered in May) Tj "
        f"380 0 Td ({n * 13.5:.2f}) Tj ET\n"
        for n in range(50)
    )
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[4 0 R]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>>>",
        f"<</Length {len(rows)}>>stream\n{rows}endstream",
    ]
    paper, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(paper))
        paper += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n"
    tail = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(paper)}\n%%EOF\n"
    return (paper + head + table + tail).encode()


def milliseconds(work: Callable[[], object]) -> float:
    """One run."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def spread(took: Sequence[float]) -> dict[str, float]:
    """Median and range."""
    return {
        "median_ms": round(statistics.median(took), 1),
        "least_ms": round(min(took), 1),
        "most_ms": round(max(took), 1),
    }


def measured(papers: dict[str, bytes], runs: int) -> dict[str, dict[str, float]]:
    """Cold and warm, for each paper in turn."""
    first = next(iter(papers.values()))
    cold_read, cold_draw = [], []
    for _ in range(max(runs // 4, 3)):
        with Reader() as reader:
            cold_read.append(milliseconds(lambda reader=reader: reader.read(first)))  # type: ignore[misc]
        with Reader() as reader:
            cold_draw.append(milliseconds(lambda reader=reader: reader.picture(first, 0, width=WIDTH)))  # type: ignore[misc]
    found = {"read, cold": spread(cold_read), "draw, cold": spread(cold_draw)}
    with Reader() as reader:
        for name, data in papers.items():
            reader.read(data)
            read = [milliseconds(lambda data=data: reader.read(data)) for _ in range(runs)]  # type: ignore[misc]
            draw = [
                milliseconds(lambda data=data: reader.picture(data, 0, width=WIDTH))  # type: ignore[misc]
                for _ in range(runs)
            ]
            pages = len(reader.sizes(data))
            found[f"read, {name}"] = {"pages": pages, **spread(read)}
            found[f"draw, {name}"] = spread(draw)
    return found


def recognised(images: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Text recognition, one page for each picture; the first also loads the models."""
    took = []
    with Reader() as reader:
        for path in images:
            try:
                took.append(milliseconds(lambda path=path: reader.read(path.read_bytes())))  # type: ignore[misc]
            except Unreadable as fault:
                print(f"{path.name}: {fault}")
        memory = max((peak(child.pid) for child in reader._children), default=0)
    return {
        "recognise, cold": spread(took[:1]),
        "recognise, warm": spread(took[1:] or took),
        "recognise, peak memory": {"mib": memory},
    }


def peak(pid: int) -> int:
    """Most resident memory of a process in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a folder with PDF files, and pictures for --ocr")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--ocr", type=int, default=0, metavar="N", help="recognise N pictures of DIR")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    folder: Path | None = options.data
    papers = {"made up": made_up()}
    images: list[Path] = []
    if folder is not None:
        papers |= {path.name: path.read_bytes() for path in sorted(folder.glob("*.pdf"))}
        images = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))[: options.ocr]
    figures = measured(papers, options.runs)
    if images and ocr.installed():
        figures |= recognised(images)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, found in figures.items():
        told = "  ".join(f"{figure:,} {unit}" for unit, figure in found.items())
        print(f"{name:40} {told}")


if __name__ == "__main__":
    main()
