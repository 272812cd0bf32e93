"""Splink 5 on DuckDB over the parts of the names; exact codes as a level of their own. Prints its seconds."""

import json
import resource
import sys
import time
from pathlib import Path

sys.path = [
    one for one in sys.path if Path(one).resolve() != Path(__file__).resolve().parent
]  # not this file: the package

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

entries, records = (pd.read_csv(path, dtype=str).replace({"": None}) for path in sys.argv[1:3])
entries, records = (one.rename(columns={"id": "unique_id"}) for one in (entries, records))
clock, began = time.perf_counter(), time.process_time()
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.ExactMatch("code"),
        cl.JaroWinklerAtThresholds("full", [0.95, 0.88, 0.8]),
        cl.JaroWinklerAtThresholds("core", [0.95, 0.88]),
        cl.JaroWinklerAtThresholds("brand", [0.92]),
        cl.ExactMatch("city"),
        cl.ExactMatch("county"),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("code"),
        block_on("core"),
        block_on("brand", "city"),
        block_on("substr(core, 1, 2)", "city"),
        block_on("address"),
    ],
    retain_intermediate_calculation_columns=False,
)
api = DuckDBAPI()
tables = [api.register(records, dataset_display_name="records"), api.register(entries, dataset_display_name="entries")]
linker = Linker(tables, settings)
linker.training.estimate_probability_two_random_records_match([block_on("code"), block_on("full")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("core"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("brand", "city"))
found = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
swapped = found["source_dataset_l"] == "entries"
mine = found["unique_id_r"].where(swapped, found["unique_id_l"]).astype(int)
theirs = found["unique_id_l"].where(swapped, found["unique_id_r"]).astype(int)
table = pd.DataFrame({"mine": mine, "theirs": theirs, "score": found["match_probability"]})
table = table.sort_values(["mine", "score"], ascending=[True, False]).drop_duplicates("mine")
seconds = {"cpu": time.process_time() - began, "wall": time.perf_counter() - clock}
seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
pairs = list(zip(table["mine"].tolist(), table["theirs"].tolist(), table["score"].tolist(), strict=True))
Path(sys.argv[3]).write_text(json.dumps(pairs))
print(json.dumps(seconds))
