"""Runs by chance in Node, for the tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nkreview.living.bundle import STATIC
from nkreview.sbml.javascript import to_javascript

_RUNNER = """
import { readFileSync, writeSync } from "node:fs";
const { realise } = await import(process.argv[1]);
const { module, parameters, times, seeds, ids } = JSON.parse(readFileSync(0, "utf8"));
const url = "data:text/javascript;base64," + Buffer.from(module).toString("base64");
let reply;
try {
  const model = (await import(url)).default;
  reply = seeds.map((seed) => {
    const { values } = realise(model, { parameters, times, seed });
    return ids.map((id) => values[id]);
  });
} catch (error) {
  reply = { error: error.message };
}
for (let text = Buffer.from(JSON.stringify(reply)); text.length; ) {
  text = text.subarray(writeSync(1, text));
}
"""

Realise = Callable[..., np.ndarray]


def realiser(node: str) -> Realise:
    """Return a function that runs SBML by chance in Node, as an array of seeds, ids and times."""

    def run(
        sbml: str,
        times: Sequence[float],
        ids: Sequence[str],
        seeds: Sequence[int] = (1,),
        parameters: Mapping[str, float] | None = None,
    ) -> np.ndarray:
        work = {"module": to_javascript(sbml), "times": list(times), "ids": list(ids)}
        work |= {"seeds": list(seeds), "parameters": dict(parameters or {})}
        done = subprocess.run(
            [node, "--input-type=module", "-e", _RUNNER, (STATIC / "chance.js").as_uri()],
            input=json.dumps(work),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        reply = json.loads(done.stdout)
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return np.array(reply, float)

    return run
