"""How long a run takes that has nothing to make: `python tests/benchmarks/unchanged.py [REPORTS]` (else 3 000).

Parameter files for municipality after municipality ask for REPORTS reports. First `run --dry-run` is timed, none being
made, then, with a manifest as a finished run would leave it, `run`. The manifest is made up: no report is made.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from krokomanalys.batch.jobs import jobs
from krokomanalys.batch.plan import Settings, plan
from krokomanalys.report.params import ALL, read_parameters
from krokomanalys.sources.folder import open_folder


def timed(*told: str) -> tuple[float, str]:
    """Seconds and the last line of what the command says."""
    clock = time.perf_counter()
    command = [str(Path(sys.executable).parent / "krokomanalys"), "run", *told]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - clock, said.strip().splitlines()[0 if "oförändrade" in said else -1]


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    folder = Path(tempfile.mkdtemp(prefix="krokomanalys-"))
    codes = [code for code in open_folder(None).table("regions.csv")["region"].astype(str) if len(code) == 4]
    asked = [(code, year) for year in range(2015, 2025) for code in codes][: -(-wanted // len(ALL))]
    params, out = folder / "params", folder / "output"
    params.mkdir()
    for code, year in asked:
        text = f'municipality: "{code}"\nyear: {year}\nhorizon: {year + 12}\n'
        (params / f"{code}-{year}.yaml").write_text(text, encoding="utf-8")
    seconds, said = timed(str(params), "--out", str(out), "--dry-run")
    print(f"--dry-run: {seconds:.1f} s  {said}")
    todo = jobs(read_parameters(sorted(params.glob("*.yaml"))).values(), None)
    planned = plan(todo, out, Settings("fork"))
    out.mkdir()
    (out / "sida.html").write_text("", encoding="utf-8")
    done = {"status": "made", "outputs": [{"file": "sida.html", "sha256": ""}], "findings": [], "lights": [], "lix": 30}
    lines = [json.dumps({**p.about, **done}, ensure_ascii=False) for p in planned]
    (out / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    seconds, said = timed(str(params), "--out", str(out))
    print(f"run: {seconds:.1f} s  {said}")


if __name__ == "__main__":
    main()
