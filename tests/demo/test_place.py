"""The demo's deployment can be copied out and has no faults there."""

from pathlib import Path

from surehand.demo.place import copied, examples
from surehand.maps.deployment import check


def test_a_copy_is_a_sound_deployment_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "surehand.yaml").write_text("mode: development\nport: 9999\n", "utf-8")
    folder = copied(copied(tmp_path))
    assert check(folder) == []
    assert "9999" in (folder / "surehand.yaml").read_text("utf-8")
    names = {path.name for path in folder.rglob("*.*")}
    assert {"process.yaml", "steps.py", "people.yaml"} <= names
    assert (folder / "receipts" / "reader.py").read_bytes() == (
        examples() / "receipts" / "reader.py"
    ).read_bytes()
