"""Huấn luyện lại hai trường mặc định của hình `CarriedParticles` (chừng nửa phút).

Ghi course_utils/widgets/carried_fields.json: trọng số float16, chừng 20 kB. Chạy lại trên máy khác
cho trọng số hơi khác; tests/widgets/test_carried_particles.py giữ chất lượng của chúng.

    python scripts/train_carried_fields.py
"""

import json

import torch

from course_utils.data import toy
from course_utils.flow_matching import FlowMatching
from course_utils.flows import CNF
from course_utils.training import fit
from course_utils.widgets.carried_particles import HERE, export_entry

MOONS = toy.TwoMoons()
RUNS = {
    "CNF": (CNF, {"hidden": (32, 32)}, 600),
    "khớp luồng": (FlowMatching, {"hidden": (48, 48), "frequencies": 3}, 4000),
}

if __name__ == "__main__":
    data = MOONS.sample(400, seed=1)
    entries = []
    for label, (kind, settings, steps) in RUNS.items():
        torch.manual_seed(0)
        model = kind(2, **settings)
        fit(model, MOONS, steps=steps, lr=1e-2, progress=False)
        model.eval()
        with torch.no_grad():
            gap = -model.log_prob(MOONS.sample(4000, seed=2)).mean() - MOONS.entropy
        print(f"{label}: cách entropy {gap:.3f} nat")
        entries.append(export_entry(label, model, data))
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    (HERE / "carried_fields.json").write_text(text + "\n", "utf-8")
    print(f"{len(text.encode()) / 1000:.1f} kB")
