"""TF-IDF of pairs and triples of signs, the best of a sparse product; exact codes first. Prints its seconds."""

import csv
import json
import resource
import sys
import time
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


entries, records = rows(sys.argv[1]), rows(sys.argv[2])
clock, began = time.perf_counter(), time.process_time()
by_code = {one["code"]: at for at, one in enumerate(entries) if one["code"]}
vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), dtype="float32")
theirs = vectors.fit_transform([one["full"] for one in entries])
mine = vectors.transform([one["full"] for one in records])
found = sp_matmul_topn(mine, theirs.T.tocsr(), top_n=1, n_threads=2)
pairs = []
for at, one in enumerate(records):
    known = by_code.get(one["code"])
    if known is not None:
        pairs.append((at, known, 1.0))
    elif found.indptr[at] < found.indptr[at + 1]:
        place = found.indptr[at]
        pairs.append((at, int(found.indices[place]), float(found.data[place])))
seconds = {"cpu": time.process_time() - began, "wall": time.perf_counter() - clock}
seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
Path(sys.argv[3]).write_text(json.dumps(pairs))
print(json.dumps(seconds))
