# Đúng: danh sách các list, không phải tập các tuple.
names = {0: "x"} | {level: "z" + str(level) for level in range(1, ⟦levels⟧ + 1)}
generative = [[names[level], names[level - 1]] for level in range(1, ⟦levels⟧ + 1)]
bottom_up = [[b, a] for a, b in generative]
skip = list(generative)
for step in ⟦skips[1:]⟧:
    skip += [[names[level], names[level - step]] for level in range(step, ⟦levels⟧ + 1)]
