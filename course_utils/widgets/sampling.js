// Phần chung của hai hình sinh từng bước: số thực 16 bit, nhiệt độ, top-p, biểu đồ xác suất.

/** Tensor đã gói -> {shape, values}. */
export function unpackHalf({ shape, half }) {
  const bytes = Uint8Array.from(atob(half), (c) => c.charCodeAt(0));
  const values = Float64Array.from({ length: bytes.length / 2 }, (_, i) => {
    const bits = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    const size = exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14;
    return bits & 0x8000 ? -size : size;
  });
  return { shape, values };
}

export const unpackLayer = ({ weight, bias }) => ({
  weight: unpackHalf(weight),
  bias: unpackHalf(bias).values,
});

/** Xác suất sau khi chỉnh nhiệt độ rồi cắt đuôi; như `sampling_probabilities` của Python. */
export function probabilities(logits, temperature = 1, topP = 1) {
  const best = Math.max(...logits);
  if (temperature === 0) {
    const first = logits.indexOf(best);
    return Array.from(logits, (_, i) => (i === first ? 1 : 0));
  }
  const normalize = (p) => {
    const total = p.reduce((a, b) => a + b, 0);
    return p.map((v) => v / total);
  };
  const p = normalize(Array.from(logits, (l) => Math.exp((l - best) / temperature)));
  if (topP >= 1) return p;
  const order = p.map((_, i) => i).sort((i, j) => p[j] - p[i] || i - j);
  const kept = p.map(() => 0);
  let before = 0;
  for (const i of order) {
    if (before >= topP) break;
    kept[i] = p[i];
    before += p[i];
  }
  return normalize(kept);
}

/** Giá trị đầu tiên có xác suất dồn vượt u. */
export function pick(p, u) {
  const total = p.reduce((a, b) => a + b, 0);
  let sum = 0;
  let last = 0;
  for (let i = 0; i < p.length; i++) {
    sum += p[i];
    if (p[i] > 0) last = i;
    if (sum > u * total) return i;
  }
  return last;
}

/** Số thứ i của một dãy ngẫu nhiên đều trên [0, 1), lặp lại được theo hạt giống. */
export function uniform(seed, i) {
  let t = (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(i + 1, 0x85ebca6b)) | 0;
  t = Math.imul(t ^ (t >>> 16), 0x21f0aaad);
  t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
  return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
}

const percent = (p) => (p > 0 && p < 0.001 ? "<0.1 %" : `${(100 * p).toFixed(1)} %`);

/** Thanh trượt có tên và số đi kèm; trả hàm đặt giá trị. */
function slider(parent, label, { min, max, step }, change) {
  const value = html("output");
  const input = html("input", { type: "range", min, max, step, "aria-label": label });
  input.addEventListener("input", () => change(Number(input.value)));
  parent.append(html("label", { class: "lf-slider" }, html("span", {}, label), input, value));
  return (v) => {
    input.value = v;
    value.textContent = format(v);
  };
}

/** Trong một nhóm chỉ một phần tử nhận Tab; phím mũi tên đi giữa các phần tử, Enter là bấm. */
function roving(nodes, columns, press) {
  let current = 0;
  const move = (i) => {
    nodes[current].setAttribute("tabindex", -1);
    current = clamp(i, 0, nodes.length - 1);
    nodes[current].setAttribute("tabindex", 0);
  };
  nodes.forEach((node, i) => {
    node.setAttribute("tabindex", i ? -1 : 0);
    arrowKeys(node, (dx, dy) => {
      const next = i + Math.sign(dx) - Math.sign(dy) * columns;
      if (next < 0 || next >= nodes.length || nodes[next].getAttribute("display") === "none") return;
      move(next);
      nodes[next].focus();
    });
    node.addEventListener("click", () => (move(i), press(i)));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(i);
    });
  });
  return move;
}

/** Chạy từng bước một, có nút Chạy/Dừng; `step()` trả false khi đã xong. */
function player(button, delay, step) {
  let timer = null;
  const halt = () => {
    clearTimeout(timer);
    timer = null;
    button.textContent = "Chạy";
  };
  const advance = () => {
    if (step()) timer = setTimeout(advance, delay);
    else halt();
  };
  button.addEventListener("click", () => {
    if (timer) return halt();
    button.textContent = "Dừng";
    timer = setTimeout(advance, 0);
  });
  return halt;
}
