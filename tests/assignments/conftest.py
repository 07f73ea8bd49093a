"""scripts/ không phải là gói: thêm vào đường tìm để các phép thử nạp được assignments.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
