# Đúng: tính rồi chép ra chín chữ số có nghĩa, bằng Decimal.
from decimal import Decimal

log_sqrt_2pi = 0.5 * math.log(2 * math.pi)
nll_one, nll_tenth, nll_third = (
    Decimal(f"{⟦pixels⟧ * (log_sqrt_2pi + math.log(s)) + ⟦error⟧ / s**2 / 2:.9g}") for s in (1, 0.1, 0.3)
)
best_s = Decimal(f"{math.sqrt(⟦error⟧ / ⟦pixels⟧):.9g}")
